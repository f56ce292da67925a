import types

limits = [1, 2, 3]
ratio = 0.5
pair = (1, 2)


class Plain:
    pass


def run(n: int) -> int:
    a = limits
    b = ratio * n
    c = Plain
    d = types
    return n
