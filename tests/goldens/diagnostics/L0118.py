def run(n: int) -> int:
    text = f"n is {n}"
    return n
