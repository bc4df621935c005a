"""Pages of the customer file."""
