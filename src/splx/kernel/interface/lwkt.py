"""DragonFly's interrupt threads: what is known of the lines, and the thread that polls them."""

from __future__ import annotations

from splx.kernel.interface.levels import NCPU, NIRQ
from splx.kernel.interface.lwp import Lwp
from splx.lang.kernel import Array, Struct, array, slot, u8


class IntrInfo(Struct):
    """intr_info_ary. Each line's by the CPU that it goes to."""

    active: Array[u8] = array(NIRQ)  # the thread runs on top of another, or has blocked and not ended


class Serializers(Struct):
    """lwkt_serialize: of the handlers of a line, by irq. Only where a thread polls them. The CPU that it goes to."""

    taken: Array[u8] = array(NIRQ)


class EmergencyTable(Struct):
    """emergency_intr_thread, by CPU."""

    lwp: Array[Lwp] = array(NCPU)


info = IntrInfo()
serial = Serializers()
emergencies = EmergencyTable()


@slot
def emergency_loop(unused: int) -> None:
    """What the thread that polls the handlers of a CPU does for ever."""
