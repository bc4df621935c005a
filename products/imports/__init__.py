"""Devices and the catalogue as lists: brought in, and taken out for mending."""

from products.imports.kinds import DEVICES, FAULTS, MODELS, PARTS, register

__all__ = ["DEVICES", "FAULTS", "MODELS", "PARTS", "register"]
