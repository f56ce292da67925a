def run(n: int) -> int:
    if n > 3:
        found = n
    return found


def count(n: int) -> int:
    total += n
    return total
