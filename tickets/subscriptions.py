"""What the case desk does when something happens in a lower app."""

from __future__ import annotations
