def run(n: int) -> int:
    done = n > 3
    done = n
    return n
