def drop(n: int) -> int:
    m = n
    del m
    return n
