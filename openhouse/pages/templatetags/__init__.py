"""The little that templates cannot say by themselves."""
