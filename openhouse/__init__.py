"""Open House: the open-source parent portal for school districts. The map of its rooms is ARCHITECTURE.md."""
