"""Words for the codes of copies, answers and the table of retention."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import extensions
from customers.rules import retention

BASIS: dict[str, Promise] = {
    "pipl_19": _("Personal Information Protection Law art. 19: as short as the purpose allows"),
    "pipl_47": _("Personal Information Protection Law art. 47: erase when the purpose is reached"),
    "pipl_55_56": _("Personal Information Protection Law art. 55, 56: records are kept for three years"),
    "civil_188": _("Civil Code art. 188: claims can be raised for three years"),
    "invoice_28": _("Measures for the Administration of Invoices art. 28: five years"),
    "cyber_21": _("Cybersecurity Law art. 21: access logs for six months at least"),
    "guarantee": _("Guarantee rules for mobile phones: the phone itself stays known by its IMEI"),
}
CLASSES: dict[str, Promise] = {
    retention.SEARCHES: _("Kept searches"),
    retention.IMPORTS: _("Imported files and their bad rows"),
    retention.COPIES: _("Export files and copies of personal data"),
    retention.CHANGES: _("Corrections: old and new value"),
    retention.FILES: _("Customer files in which nothing happened"),
    retention.REQUESTS: _("Words of answered requests about personal data"),
    retention.CASES: _("Cases and repair records, after closing"),
    retention.INVOICES: _("Invoice data, after the sale"),
    retention.ACCESS_LOG: _("Who looked at what and changed what"),
}
ENDS: dict[str, Promise] = {
    retention.DELETED: _("deleted"),
    retention.ERASED: _("personal data erased"),
    retention.KEPT: _("stays until then, then goes with the file"),
    retention.IN_TRAIL: _("kept at least so long: the trail only grows"),
}

_WORDS: dict[str, Promise] = {
    "file": _("Customer file"),
    "phones": _("Phone numbers"),
    "addresses": _("Addresses"),
    "consents": _("Consents"),
    "promises": _("Promises"),
    "care_calls": _("Care calls"),
    "corrections": _("Corrections"),
    "changes": _("Corrections"),
    "requests": _("Requests about personal data"),
    "cases": _("Cases"),
    "access_log": _("Who looked at what and changed what"),
    "name_and_contact": _("Name, e-mail, preferences"),
    "merge_reasons": _("Reasons of merges"),
    "request_texts": _("What was asked for, in words"),
    "searches": _("Kept searches"),
    "import_problems": _("Bad rows of imported files"),
    "import_samples": _("Sample rows of imported files"),
    "copies": _("Earlier copies of the data"),
    "name": _("name"),
    "kind": _("kind"),
    "email": _("e-mail"),
    "language": _("language"),
    "province_code": _("province"),
    "preferred_channel": _("preferred channel"),
    "preference_note": _("preferences"),
    "created_at": _("opened on"),
    "number": _("number"),
    "extension": _("extension"),
    "relation": _("whose number"),
    "is_active": _("in use"),
    "is_main": _("main one"),
    "region_code": _("district"),
    "text": _("text"),
    "purpose": _("purpose"),
    "version": _("version of the notice"),
    "given_at": _("given on"),
    "withdrawn_at": _("withdrawn on"),
    "due_on": _("due"),
    "made_at": _("made on"),
    "kept_at": _("kept on"),
    "result": _("result"),
    "note": _("note"),
    "field": pgettext_lazy("correction", "field"),
    "old": pgettext_lazy("correction", "before"),
    "new": pgettext_lazy("correction", "after"),
    "changed_at": _("changed on"),
    "state": _("state"),
    "status": _("status"),
    "asked_at": _("asked on"),
    "decided_at": _("answered on"),
    "reason": _("reason"),
    "logged_at": _("logged on"),
    "closed_at": _("closed on"),
    "caller_number": _("caller's number"),
    "caller_name": _("caller's name"),
    "caller_relation": _("what the caller is to the customer"),
    "description": _("description"),
    "resolution": _("resolution"),
    "notes": _("notes"),
    "notices": _("messages to the customer"),
    "to": _("sent to"),
    "at": _("at"),
    "subject": _("subject"),
}


def register() -> None:
    """Make the words known; from the app's `ready`."""
    extensions.words(**BASIS, **_WORDS)
