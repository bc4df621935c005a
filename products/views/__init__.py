"""Pages of devices and the catalogue."""
