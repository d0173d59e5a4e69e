"""A student's disclosure record on the console: seen, printed, added to, and corrected."""
