"""A level that there is not: refused, or found, at the user's line under every kernel."""

import pytest

from splx.base.diagnostics import SplxError
from splx.scenario.designs import designs
from splx.simulate.setup import Setup

TEXT = """from splx.scenario import *

@thread("t")
def t() -> None:
    {use}
"""


@pytest.mark.parametrize("design", sorted(designs()))
@pytest.mark.parametrize("use", ["splraise(-1)", "splx(-1)", "splraise(IPL_HIGH + 1)", "splx(99)"])
def test_it_is_said_at_the_line(tmp_path, use, design):
    path = tmp_path / "it.py"
    path.write_text(TEXT.format(use=use))
    with pytest.raises(SplxError) as stop:
        Setup(str(path), machine="ideal", design=design, time=10**6).run()
    (found,) = stop.value.diagnostics
    assert (found.code, found.message) in {
        ("K0001", "there is no such level"),
        ("L0405", "-1 does not fit a field of type `u8`"),
        ("S0303", "`sel4` cannot honour `splraise`"),  # which has no levels at all
    }
    assert (found.span.file, found.span.line) == (str(path), 5)
