from splx.lang.kernel import us


def run(n: int) -> int:
    return us(n)
