"""**Parent Search**: parent accounts, and what the console does with them."""
