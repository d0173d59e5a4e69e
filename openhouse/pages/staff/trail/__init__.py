"""The audit trail on the District tab: found, told in sentences, and downloaded."""
