"""Searches kept on the server, so that a URL carries an opaque token and never a phone number or a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StoredSearch(models.Model):
    """What somebody searched for; the token stands in the URL and works for colleagues within their own scope."""

    token = models.CharField(max_length=43, primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    query = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="search_age")]

    def __str__(self) -> str:
        return self.kind
