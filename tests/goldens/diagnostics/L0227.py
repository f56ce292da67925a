def run(n: int) -> int:
    print("n is", n)
    return n
