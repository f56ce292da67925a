def run(n: int) -> int:
    for i in range(n):
        i += 1
    for j in range(n):
        for j in range(3):
            n += 1
    return n
