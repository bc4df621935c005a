"""Every write on customer files."""

from customers.services.files import create_customer, findable, require_phone

__all__ = ["create_customer", "findable", "require_phone"]
