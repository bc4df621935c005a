"""Tables of the customer file."""

from customers.enums import CustomerKind, PhoneKind
from customers.models.care import CareCall, Promise
from customers.models.customers import Customer, CustomerAddress, CustomerPhone
from customers.models.history import CustomerChange, Merge, NotDuplicate
from customers.models.privacy import Consent, LegalHold, PrivacyNotice, PrivacyRequest

__all__ = [
    "CareCall",
    "Consent",
    "Customer",
    "CustomerAddress",
    "CustomerChange",
    "CustomerKind",
    "CustomerPhone",
    "LegalHold",
    "Merge",
    "NotDuplicate",
    "PhoneKind",
    "PrivacyNotice",
    "PrivacyRequest",
    "Promise",
]
