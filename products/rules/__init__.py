"""Pure rules of products and devices."""

from products.rules.imei import imei_problem, is_imei, luhn_digit, normalise_imei

__all__ = ["imei_problem", "is_imei", "luhn_digit", "normalise_imei"]
