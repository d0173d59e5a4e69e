"""Messages at the top of the next page."""

from django.contrib.messages import success

__all__ = ["success"]
