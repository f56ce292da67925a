"""The mechanisms without one of their guards, as the drawings with a title show them."""

from __future__ import annotations

from tests.drawings.mutants import Mutant

BIGLOCK_ANY_LEVEL = (
    Mutant("biglock_handler", " and ih.ih_level <= IPL_BIGLOCK", ""),
    Mutant("kernel_lock", '    assert ci.mtx_count == 0, "kernel_lock while a spin mutex is held"\n', ""),
)

#: The word alone is raised.
MASK_ENTER_WITHOUT_REGISTER = (
    Mutant(
        "spl_eager",
        """\
    spl.ilevel = level
    set_hw_level(mask_clamp(level))
    return old
""",
        """\
    spl.ilevel = level
    return old
""",
    ),
)

SPLX_WITHOUT_PAIR = (
    Mutant(
        "spl_deferred",
        """\
        if cas_pair_local(spl.ilevel, spl.ipending, old, pending, level):
            return
""",
        """\
        spl.ilevel = level
        return
""",
    ),
)

REGISTER_FIRST = (
    Mutant(
        "spl_eager",
        """\
    if level > old:
        spl.ilevel = level
        set_hw_level(mask_clamp(level))
""",
        """\
    if level > old:
        set_hw_level(mask_clamp(level))
        spl.ilevel = level
""",
    ),
)

TEST_FIRST = (
    Mutant(
        "spl_threshold",
        """\
        spl.ilevel = level
        if spl.waits > level:
            spllower(level)
""",
        """\
        if spl.waits > level:
            spllower(level)
            return
        spl.ilevel = level
""",
    ),
)
