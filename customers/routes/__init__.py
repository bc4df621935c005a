"""Addresses, one module a room."""
