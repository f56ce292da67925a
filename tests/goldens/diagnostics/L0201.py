import types


def run(count: int) -> int:
    a = cuont + 1
    return a + types.nothing
