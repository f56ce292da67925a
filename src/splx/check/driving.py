"""The loop around a search: in pieces, kept in a folder now and then, up to its limits."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from splx.check.growing import Progress, Telling
from splx.check.keep import Keeper
from splx.check.limits import End
from splx.check.room import OutOfRoom
from splx.check.search import Want

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splx.check.checker import Checker
    from splx.check.limits import Limits
    from splx.check.loading import Bounds

FIRST_PIECE = 200  # of a search that fuses: at first it learns who uses what, and begins anew
LEARN = 2  # times the states that a search has when it learns that it has to, so that it seldom has to


def search(
    checker: Checker, bounds: Bounds, about: Mapping[str, str], limits: Limits, progress: Progress | None = None,
    *, again: bool = False,
) -> End | None:  # fmt: skip
    """Expand every state; or why not, which is a finding or one of the limits, or that what was fused is `raised`.

    `again`: the search has begun anew, and so does its folder. SplxError as Keeper has it.
    """
    try:
        with kept(checker, about, limits, again=again) as keeper:
            return _pieces(checker, bounds, limits, keeper, progress)
    except OutOfRoom:
        return End.MEMORY


@contextmanager
def kept(checker: Checker, about: Mapping[str, str], limits: Limits, *, again: bool) -> Iterator[Keeper | None]:
    """The folder that a search is to be kept in, if any, once the search has become what is there. OutOfRoom if it has
    no room for that, SplxError as Keeper has it.
    """
    if limits.folder is None:
        yield None
        return
    keeper = Keeper(limits.folder, about, limits.asked)
    try:
        if again:
            keeper.forget()
        if keeper.began:
            keeper.load(checker)
        yield keeper
    finally:
        keeper.close()


def _pieces(
    checker: Checker, bounds: Bounds, limits: Limits, keeper: Keeper | None, progress: Progress | None
) -> End | None:
    piece = min(FIRST_PIECE, limits.piece) if bounds.fuse else limits.piece
    tell = Telling(progress, limits.every)
    learns = 0  # once the guess was wrong: up to how many states the search goes on, for what else is wrong with it
    while True:
        checker.s.pause = min(checker.s.next + piece, bounds.states)
        want = checker.explore()
        if checker.s.raised or learns:
            learns = learns or LEARN * max(checker.s.next, FIRST_PIECE)
            if want is not Want.PAUSE or checker.s.next >= min(learns, bounds.states) or checker.stopped():
                checker.s.raised = 1
                return End.ASKED
            checker.guess_again()
            continue
        piece = min(limits.piece, 2 * piece)
        over = checker.s.next >= bounds.states
        ends = want is not Want.PAUSE or over or checker.stopped()
        if keeper is not None and want is not Want.FINDING and (ends or keeper.is_due(limits.every)):
            keeper.save(checker)
        if ends:
            ways = {Want.NOTHING: None, Want.FINDING: End.FOUND, Want.FULL: End.MEMORY}
            return ways.get(want, End.STATES if over else End.ASKED)
        tell(checker)
