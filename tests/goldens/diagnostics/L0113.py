def run(n: int) -> int:
    if (half := n // 2) > 3:
        return half
    return n
