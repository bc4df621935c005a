"""Pages of the catalogue: reading, and forms for every service."""
