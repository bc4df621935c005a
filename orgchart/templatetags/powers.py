"""Small parts of the pages of powers and rights."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from core.templatetags.ui import status_badge
from orgchart.models import PowerUse
from orgchart.power_pages import state_tone
from orgchart.rights import who_text
from orgchart.scope import Post

register = template.Library()


@register.simple_tag
def use_state(use: PowerUse) -> SafeString:
    """Where a use stands, in colour and in words."""
    return status_badge(use.get_state_display(), state_tone(use.state))


@register.simple_tag
def post_words(post: Post) -> str:
    """The post, since when, and in whose place until when."""
    return who_text(post)
