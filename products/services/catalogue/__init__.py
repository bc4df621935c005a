"""Every write on the catalogue. It holds no personal data, so the trail keeps old and new values.

Whoever writes holds `catalogue.edit` (or is the system); a deputy's entry says for whom.
"""

from products.services.catalogue.codes import CodeValues, add_code, correct_code, link_remedies
from products.services.catalogue.faults import FaultValues, add_fault, correct_fault, link_causes
from products.services.catalogue.life import Entry, delete, restore, retire, word_of
from products.services.catalogue.makers import MakerValues, add_maker, correct_maker, ensure_maker
from products.services.catalogue.models import ModelValues, add_model, correct_model, ensure_model
from products.services.catalogue.parts import PartValues, add_part, copy_parts, correct_part

__all__ = [
    "CodeValues",
    "Entry",
    "FaultValues",
    "MakerValues",
    "ModelValues",
    "PartValues",
    "add_code",
    "add_fault",
    "add_maker",
    "add_model",
    "add_part",
    "copy_parts",
    "correct_code",
    "correct_fault",
    "correct_maker",
    "correct_model",
    "correct_part",
    "delete",
    "ensure_maker",
    "ensure_model",
    "link_causes",
    "link_remedies",
    "restore",
    "retire",
    "word_of",
]
