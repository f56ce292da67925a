"""An assertion whose message has a second line, which is not to look like one of ours."""

from splx.scenario import *


class Box(Struct):
    full: i64 = atomic()


box = Box()


@thread(cpu=0)
def looks() -> None:
    assert box.full == 1, "it is empty\n::error::and more"
