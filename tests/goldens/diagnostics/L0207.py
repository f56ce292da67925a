def run(n: int, m: int) -> int:
    if n and m:
        return 1
    if not n:
        return 2
    return 3
