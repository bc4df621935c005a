"""Pure decisions about cases: no query, no clock."""
