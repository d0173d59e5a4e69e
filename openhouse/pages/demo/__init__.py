"""Pages that exist only in the demo: the list of made-up employees, and the mails that were sent."""
