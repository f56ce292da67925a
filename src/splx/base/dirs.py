"""Where splx may keep what it can make again."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def cache_dir() -> Path | None:
    """A directory of ours that exists and can be written, or None: a missing cache costs time and is never an error.

    `SPLX_CACHE` names it (empty: no cache); otherwise it is `splx` below `XDG_CACHE_HOME` or below the platform's place
    for caches.
    """
    wanted = _wanted()
    if wanted is None:
        return None
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        # Only writing tells: permission bits say little for root, on a full disk or on a read-only mount.
        with tempfile.TemporaryFile(dir=wanted) as probe:
            probe.write(b"x")
    except OSError:
        return None
    return wanted


def _wanted() -> Path | None:
    named = os.environ.get("SPLX_CACHE")
    if named is not None:
        return Path(named).absolute() if named else None
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # A relative XDG_CACHE_HOME is to be ignored, says its specification.
    if base.is_absolute():
        return base / "splx"
    try:
        return _platform_base() / "splx"
    except RuntimeError:  # no home directory
        return None


def _platform_base() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    local = os.environ.get("LOCALAPPDATA")
    if sys.platform == "win32" and local:
        return Path(local)
    return Path.home() / ".cache"
