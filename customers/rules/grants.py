"""The actions on customer files that a job description may grant, and how far a grant may reach.

`centre`: files of the service centre that the post belongs to (for a post above the centres, of all of them);
`case`: files and phones that the holder sees through a case. Whoever sees a case sees its customer and its phone
without a grant of its own.
"""

from __future__ import annotations

CENTRE, CASE = "centre", "case"

VIEW = "customer.view"
EDIT = "customer.edit"
MERGE = "customer.merge"
REVEAL = "customer.reveal"
EXPORT = "customer.export"
IMPORT = "customer.import"
PRIVACY = "privacy.manage"

REACHES: dict[str, frozenset[str]] = {
    VIEW: frozenset({CENTRE}),
    EDIT: frozenset({CENTRE, CASE}),
    MERGE: frozenset({CENTRE}),
    REVEAL: frozenset({CENTRE, CASE}),
    EXPORT: frozenset({CENTRE}),
    IMPORT: frozenset({CENTRE}),
    PRIVACY: frozenset({CENTRE}),
}
