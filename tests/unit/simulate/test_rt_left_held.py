"""linux-rt: a handler runs in a soft section, whose lock it has not left held."""

from splx.base.units import UNITS
from splx.simulate.setup import Setup


def test_the_lock_of_the_section_is_not_the_handlers():
    assert Setup("first", design="linux-rt", time=UNITS["ms"]).run().source("wm0").done > 10
