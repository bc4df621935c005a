"""The REST door to customer files."""
