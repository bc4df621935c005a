"""Pure decisions of the organisation: no query, no clock."""
