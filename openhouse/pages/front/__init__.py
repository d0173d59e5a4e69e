"""What anybody sees: the front door, health, errors."""
