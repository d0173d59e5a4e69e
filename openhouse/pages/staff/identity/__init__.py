"""**Verify by Video**: the questions, then the ID, then the PIN. What stands between the steps is the identity check's row."""
