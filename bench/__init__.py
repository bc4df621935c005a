"""Measures the running server: `load` fills a database, `drive` sends requests to it over loopback."""
