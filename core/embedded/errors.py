"""The one refusal of this package."""


class ServiceError(Exception):
    """A start, stop, backup or restore that cannot go on; its text is one sentence that says what to do."""
