"""Pure rules of products and devices."""

from products.rules.imei import (
    imei_of_imeisv,
    imei_problem,
    is_imei,
    is_imeisv,
    is_meid,
    luhn_digit,
    normalise_imei,
    read_imei,
    spoken_imei,
    tac_of,
)

__all__ = [
    "imei_of_imeisv",
    "imei_problem",
    "is_imei",
    "is_imeisv",
    "is_meid",
    "luhn_digit",
    "normalise_imei",
    "read_imei",
    "spoken_imei",
    "tac_of",
]
