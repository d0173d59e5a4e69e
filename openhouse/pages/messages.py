"""Messages at the top of the next page."""

from django.contrib.messages import error, success

__all__ = ["error", "success"]
