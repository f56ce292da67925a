def run(n: int) -> int:
    import math

    return n
