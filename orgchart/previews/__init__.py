"""What a guided action would bring about, in sentences, before anything is written."""

from orgchart.previews.common import Consequence
from orgchart.previews.joining import joining
from orgchart.previews.leaving import leaving
from orgchart.previews.posts import additional, cancelling, ending
from orgchart.previews.transfer import transferring

__all__ = ["Consequence", "additional", "cancelling", "ending", "joining", "leaving", "transferring"]
