def total(*values: int) -> int:
    return values[0]


def pick(*, cpu: int) -> int:
    return cpu
