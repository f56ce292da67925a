"""Code as tests write it down: one line an instruction, as listings show it, without what stands beside it."""

from __future__ import annotations

import re

from splx.program.link import link
from splx.program.listing import Head, listing, render


def code(image, name):
    """The instructions of a function. Places are counted from its start."""
    lines = [line for line in render(listing(image, name)).splitlines() if ";" in line]
    start = image.find(name).start
    found = []
    for line in lines:
        text = line.partition(";")[0].split(maxsplit=1)[1]
        text = re.sub(r"->(\d+)", lambda match: f"->{int(match[1]) - start}", text)
        found.append(" ".join(text.split()))
    return found


def compiled(func, *others, **how):
    """The code of one function, linked on its own."""
    return code(link([func, *others], **how), func.__name__)


def heads(image):
    """The functions of a program, by name."""
    return {each.name: each for each in listing(image).lines if isinstance(each, Head)}
