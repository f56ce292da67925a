def swap(a: int, b: int) -> int:
    a, b = b, a
    c = d = a
    for i, j in range(b):
        pass
    return c
