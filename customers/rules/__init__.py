"""Pure rules of the customer file."""

from customers.rules.phones import PhoneNumber, format_phone, is_withheld, parse_phone

__all__ = ["PhoneNumber", "format_phone", "is_withheld", "parse_phone"]
