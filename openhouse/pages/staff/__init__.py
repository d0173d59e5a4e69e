"""The console of school staff."""
