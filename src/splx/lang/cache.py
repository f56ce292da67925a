"""Machine code kept on disk, found again only for exactly the same program.

The key must be cheap (it is computed at every start) and must miss nothing, so it is taken from the *live* functions,
without the front end: the text of the files they come from, and, followed through every name their code mentions, the
value of each global: constants wherever they were imported from, functions, tables, struct layouts. A constant that
changed in another module, or was computed at import, or was patched by a test, gives another key. So do other sizes,
another LLVM or processor, and another version of this compiler (the text of `splx.lang` itself).

A file holds a checksum, a line of JSON and the object code; one that was cut short or tampered with is not used. Files
take their name when they are complete. A cache directory that is missing or read-only costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from splx.base.atomic import write_bytes
from splx.base.diagnostics import SplxError
from splx.base.dirs import cache_dir
from splx.lang.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from splx.lang.sizes import Sizes

#: compiled modules that are kept; one takes some 100 kB.
_KEEP = 100
_CHECKSUM = hashlib.sha256().digest_size


def key_of(functions: Iterable[Callable[..., Any]], sizes: Sizes, fingerprint: str) -> str:
    """The name of the compiled form of `functions` under `sizes` on the target that `fingerprint` describes."""
    digest = Digest(sizes)
    digest.text(fingerprint)
    digest.compiler()
    for func in functions:
        digest.add(func)
    return digest.hex()


def load(key: str) -> tuple[dict[str, Any], bytes] | None:
    """What `save` was given under `key`, or None."""
    path = _path(key)
    try:
        data = path.read_bytes() if path is not None else b""
    except OSError:
        return None
    checksum, payload = data[:_CHECKSUM], data[_CHECKSUM:]
    if not data or hashlib.sha256(payload).digest() != checksum:
        return None
    head, _, code = payload.partition(b"\n")
    return json.loads(head), code


def save(key: str, head: dict[str, Any], code: bytes) -> None:
    """Keep `code` and a `head` of plain data under `key`, if that is possible."""
    path = _path(key)
    if path is None:
        return
    payload = json.dumps(head).encode() + b"\n" + code
    # What cannot be written is compiled again at the next start.
    with suppress(OSError, SplxError):
        write_bytes(path, hashlib.sha256(payload).digest() + payload)
        _prune(path.parent)


def _prune(folder: Path) -> None:
    """Delete what was written longest ago."""
    written = sorted(folder.glob("*.native"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in written[_KEEP:]:
        path.unlink()


def _path(key: str) -> Path | None:
    folder = cache_dir()
    return None if folder is None else folder / f"{key}.native"
