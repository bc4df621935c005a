"""The REST door to devices and the catalogue."""
