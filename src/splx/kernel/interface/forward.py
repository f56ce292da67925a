"""Lines that are handed to the CPU that has the big lock."""

from __future__ import annotations

from splx.kernel.interface.levels import LEVELS
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import Array, Struct, array, slot, u8


class ForwardTable(Struct):
    """The vector by which a CPU is handed lines of each level."""

    vector: Array[u8] = array(LEVELS)


forwards = ForwardTable()


@slot
def forward_run(s: IntrSource) -> None:
    """Entry of the frame of such a vector, whose level `s` has."""
