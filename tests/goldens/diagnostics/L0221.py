def find(n: int) -> int:
    for i in range(n):
        if i * i >= n:
            break
    return i
