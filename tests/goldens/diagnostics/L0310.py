from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import i64


@intrinsic(("int", "func", "word"))
def enter(ctx: int, fn: object, arg: int) -> None: ...


def run(n: int) -> None:
    enter(n, 3, 0)
