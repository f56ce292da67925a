"""What was found, as diagnostics: where each of those who take part stands in the user's text, and one sentence why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.lockdep import codes
from splx.lockdep.model import THREAD
from splx.lockdep.order import edges, on_top
from splx.lockdep.subject import is_users
from splx.machine.constants import Finding
from splx.story.circles import by_interrupt, circles, from_interrupt, held_up, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.lockdep.model import Actor, Ask, Broken, Edge, Facts, Held
    from splx.lockdep.subject import Subject

NOT_YET = "it did not come to that in this run"
IT_DID = "this is where the run ended: they wait for ever"


def findings(facts: Facts, subject: Subject, buffer: Any) -> Iterator[Diagnostic]:  # noqa: ANN401 - a buffer
    """All that was found, worst first, each once."""
    found = [*_beneath(facts, subject), *_circles(facts), *_broken(facts)]
    yield from dict.fromkeys(found)
    lines = {_line(span) for each in found for span in (each.span, *(span for span, _ in each.related))}
    yield from (each for each in _stopped(subject, buffer) if _line(each.span) not in lines)


def _line(span: Span | None) -> tuple[str, int] | None:
    return None if span is None else (span.file, span.line)


def _happened(held: Held, ask: Ask, facts: Facts) -> bool:
    """Whether at the end of the run somebody waited like this for who held like that."""
    return (held.actor, held.lock) in facts.standing and (ask.actor, ask.lock) in facts.waiting


# ---- a lock on top of its holder


def _beneath(facts: Facts, subject: Subject) -> Iterator[Diagnostic]:
    told = set()
    for held, ask, level in on_top(facts):
        if (held.lock, ask.actor.name) not in told:
            told.add((held.lock, ask.actor.name))
            when = IT_DID if _happened(held, ask, facts) else NOT_YET
            yield _on_top(held, ask, subject.level_name(level), when)


def _on_top(held: Held, ask: Ask, level: str, when: str) -> Diagnostic:
    lock, actor = held.lock, ask.actor
    low = lock.level < actor.level
    message = f"{actor} takes {lock} at {actor.level_name}, and can come in while {held.actor} holds it at {level}"
    related = [(ask.span, f"{actor} takes it on top of the holder, and waits for ever")]
    if low and lock.span is not None:
        related.append((lock.span, f"declared at {lock.level_name}"))
    way_out = (
        f"declare {lock} with the level of its highest user: {actor.level_name}"
        if low
        else f"keep the level at {actor.level_name} or above for as long as {lock} is held"
    )
    return Diagnostic(
        codes.BENEATH,
        message,
        held.span,
        f"{held.actor} takes {lock} here",
        notes=(f"both run on CPU {min(held.actor.cpus & actor.cpus)}", when),
        help=way_out,
        related=tuple(related),
    )


# ---- circles


def _circles(facts: Facts) -> Iterator[Diagnostic]:
    return (_circle(each, facts) for each in circles(edges(facts), facts.writers))


def _circle(circle: Sequence[Edge], facts: Facts) -> Diagnostic:
    circle = from_interrupt(circle)
    code = codes.INTERRUPT_ORDER if by_interrupt(circle[0]) else codes.ORDER
    when = IT_DID if all(_happened(edge.first, edge.then, facts) for edge in circle) else NOT_YET
    related = tuple(place for edge in circle for place in _places(edge))
    return Diagnostic(
        code,
        f"{told(circle)}: none of them can go on",
        related[0][0],
        related[0][1],
        notes=(*_where(circle), *held_up(circle, facts.writers), when),
        help=_way_out(circle),
        related=related[1:],
    )


def _places(edge: Edge) -> Iterator[tuple[Span, str]]:
    held, ask = edge.first, edge.then
    yield held.span, f"{held.actor} takes {held.lock}" + _declared(held.span, held.actor)
    if by_interrupt(edge):
        yield (
            ask.span,
            f"{ask.actor} comes in at {ask.actor.level_name} and asks for {ask.lock}" + _declared(ask.span, ask.actor),
        )
    else:
        yield ask.span, f"{ask.actor} asks for {ask.lock}" + _declared(ask.span, ask.actor)


def _declared(span: Span, actor: Actor) -> str:
    """Of the big lock that the kernel takes for who does not say that it is mpsafe."""
    return ", as it is not mpsafe" if span == actor.span and actor.level != THREAD else ""


def _where(circle: Sequence[Edge]) -> Iterator[str]:
    for edge in circle:
        if by_interrupt(edge):
            yield f"{edge.then.actor} interrupts CPU {min(edge.cpus)}"


def _way_out(circle: Sequence[Edge]) -> str:
    for edge in circle:
        if by_interrupt(edge) and not edge.first.lock.big:
            level = edge.then.actor.level_name
            return (
                f"declare {edge.first.lock} at {level} or above, so that {edge.then.actor} stays out while it is held"
            )
    locks = ", ".join(dict.fromkeys(str(edge.first.lock) for edge in circle))
    return f"take them in one order everywhere: {locks}"


# ---- rules of contexts


def _broken(facts: Facts) -> Iterator[Diagnostic]:
    beneath = {(held.lock, ask.actor.name) for held, ask, _ in on_top(facts)}
    told = set()
    for each in facts.broken:
        key = (each.code, each.span, each.lock)
        harmless = each.reads and not _writers(each, facts)
        if (
            key not in told
            and not harmless
            and not (each.code == codes.TOO_LOW and (each.lock, each.actor.name) in beneath)
        ):
            told.add(key)
            yield _RULES[each.code](each)


def _writers(broken: Broken, facts: Facts) -> set[Actor]:
    """Who may come between two readings of one thread, and keep out the second."""
    assert broken.lock is not None
    return facts.writers.get(broken.lock, set()) - {broken.actor}


def _too_low(broken: Broken) -> Diagnostic:
    lock, actor = broken.lock, broken.actor
    assert lock is not None
    return Diagnostic(
        codes.TOO_LOW,
        f"{actor} takes {lock} at {actor.level_name}, and the lock is declared at {lock.level_name}",
        broken.span,
        f"taken here at {actor.level_name}",
        help=f"declare {lock} with the level of its highest user: {actor.level_name}",
        related=() if lock.span is None else ((lock.span, f"declared at {lock.level_name}"),),
    )


def _sleeps_hard(broken: Broken) -> Diagnostic:
    actor = broken.actor
    return Diagnostic(
        codes.SLEEP_HARD,
        f"{actor} may sleep in {broken.what}, and has no thread that could",
        broken.span,
        f"called at {actor.level_name}, on the back of whatever was interrupted",
        help="leave it to a thread: wake one with `cv_signal`, or use `workqueue_enqueue`",
        related=((actor.span, "declared here"),),
    )


def _sleeps_soft(broken: Broken) -> Diagnostic:
    actor = broken.actor
    return Diagnostic(
        codes.SLEEP_SOFT,
        f"{actor} may sleep in {broken.what}: its level is shut meanwhile, and what would wake it may come from there",
        broken.span,
        f"called at {actor.level_name}",
        help="leave it to a thread: `workqueue_enqueue`; or do not wait: `PR_NOWAIT`",
        related=((actor.span, "declared here"),),
    )


def _sleeps_spin(broken: Broken) -> Diagnostic:
    held = broken.held
    assert held is not None
    return Diagnostic(
        codes.SLEEP_SPIN,
        f"{broken.actor} may sleep {_while(broken)} with the spin lock {held.lock} held",
        broken.span,
        "may sleep here",
        help=f"release {held.lock} before",
        related=((held.span, f"{held.lock} is taken here"),),
    )


def _while(broken: Broken) -> str:
    return broken.what if broken.what.startswith("waiting") else f"in {broken.what}"


def _big_under_spin(broken: Broken) -> Diagnostic:
    held = broken.held
    assert held is not None
    return Diagnostic(
        codes.BIG_UNDER_SPIN,
        f"{broken.actor} waits for the big lock with the spin lock {held.lock} held",
        broken.span,
        "the big lock is asked for here",
        help=f"take the big lock before {held.lock}: it is the outermost",
        related=((held.span, f"{held.lock} is taken here"),),
    )


def _big_too_high(broken: Broken) -> Diagnostic:
    actor = broken.actor
    return Diagnostic(
        codes.BIG_TOO_HIGH,
        f"{actor} takes the big lock at {actor.level_name}, where it may be on top of any spin lock",
        broken.span,
        "the big lock is asked for here",
        help="leave what needs the big lock to a softint or a thread",
        related=((actor.span, "declared here"),),
    )


def _again(broken: Broken) -> Diagnostic:
    held = broken.held
    assert held is not None
    return Diagnostic(
        codes.AGAIN,
        f"{broken.actor} takes {held.lock} while it holds it",
        broken.span,
        "taken again here",
        help="take it once, outside: pass on that it is held",
        related=((held.span, "taken here"),),
    )


_RULES = {
    codes.TOO_LOW: _too_low,
    codes.SLEEP_HARD: _sleeps_hard,
    codes.SLEEP_SOFT: _sleeps_soft,
    codes.SLEEP_SPIN: _sleeps_spin,
    codes.BIG_UNDER_SPIN: _big_under_spin,
    codes.AGAIN: _again,
    codes.BIG_TOO_HIGH: _big_too_high,
}


# ---- a run that stopped


def _stopped(subject: Subject, buffer: Any) -> Iterator[Diagnostic]:  # noqa: ANN401 - a buffer
    """The rule of the machine's or the kernel's own that ended the run, if one did."""
    beside, system = buffer.view().beside, subject.system
    if not beside.finding:
        return
    finding = Finding(beside.finding)
    text = finding.name.lower().replace("_", " ")
    if finding in (Finding.ASSERT, Finding.PANIC):
        text = system.image.messages[beside.find_a].said
    window = buffer.sizes["REGS"]
    regs = buffer.array("state.regs")[beside.find_ctx * window : (beside.find_ctx + 1) * window].tolist()
    frames = subject.frames(beside.find_pc, regs)
    span = next((span for _, span in frames if is_users(span.file)), frames[0][1] if frames else None)
    calls = [func.__name__ for func, _ in frames]
    yield Diagnostic(
        codes.STOPPED,
        f"the run came to a broken rule, and ended there: {text}",
        span,
        f"in {calls[0]}" if calls else "",
        notes=(f"on CPU {beside.find_cpu}, in {system.contexts[beside.find_ctx].name}",),
        help="`splx run` shows the last steps of every CPU; what the run did not come to was not looked at",
    )
