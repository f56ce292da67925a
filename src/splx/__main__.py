"""The command `splx`, which is also `python -m splx`."""

from __future__ import annotations

import signal
import sys


def start() -> None:
    """Never returns. Ctrl-C counts from the first moment on, while everything is imported still; so does SIGTERM."""
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        from splx.cli.main import main  # noqa: PLC0415 - within

        main()
    except KeyboardInterrupt:
        sys.stderr.write("stopped: nothing is known yet\n")
        sys.exit(3)


if __name__ == "__main__":
    start()
