"""Names a browser and its system by the User-Agent header, as far as a person needs it to know a session again."""

from __future__ import annotations

# The first word that occurs decides: every browser also names the ones that it descends from.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for word, name in words if word in text), "")


def device_name(user_agent: str) -> str:
    """Such as "Chrome · Windows"; the start of the header when neither is known."""
    known = [part for part in (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)) if part]
    return " · ".join(known) or user_agent[:40]
