"""Pages that exist only in the demo: the list of made-up employees, the mails that were sent, and the desk of a made-up SIS."""
