"""What a guardian sees of their children."""
