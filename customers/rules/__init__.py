"""Pure rules of the customer file."""

from customers.rules.phones import PhoneNumber, parse_phone

__all__ = ["PhoneNumber", "parse_phone"]
