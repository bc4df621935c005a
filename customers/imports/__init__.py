"""Customer files as a list: brought in, and taken out for mending."""

from customers.imports.kind import CUSTOMERS, register

__all__ = ["CUSTOMERS", "register"]
