"""The trace: records of five words in a buffer of the host, written only when asked for."""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.machine.state import Machine

RECORD = 5  # time, cpu, kind, a, b


@inline
def trace(m: Machine, when: int, cpu: int, kind: int, a: int, b: int) -> None:
    """Append a record if tracing is on."""
    if m.tables.trace != 0:
        append(m, when, cpu, kind, a, b)


def append(m: Machine, when: int, cpu: int, kind: int, a: int, b: int) -> None:
    """Append a record. The run stops for the host to drain the buffer well before it is full."""
    at = m.beside.n_trace * RECORD
    m.log[at] = when
    m.log[at + 1] = cpu
    m.log[at + 2] = kind
    m.log[at + 3] = a
    m.log[at + 4] = b
    m.beside.n_trace = m.beside.n_trace + 1
