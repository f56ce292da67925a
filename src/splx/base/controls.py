"""Control characters in what users wrote: a name, an assertion, a line of their files. To a terminal they are commands,
and XML has none of them, so none is printed as it is.
"""

from __future__ import annotations

import re

_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all but a new line and a tab
_OF_OURS = "\x1b\\[[0-9;]*m|\r\x1b\\[K"  # colours, and the beginning of a line that is written over
_ANY = re.compile(_CONTROL)
_OTHERS = re.compile(f"({_OF_OURS})|{_CONTROL}")


def without_controls(text: str) -> str:
    """The text with `?` in the place of each."""
    return _ANY.sub("?", text)


def without_foreign(text: str) -> str:
    """The same of what goes to a terminal: what splx itself writes there stays."""
    return _OTHERS.sub(lambda match: match[1] or "?", text)
