def find(n: int) -> int:
    for i in range(n):
        if i * i == n:
            break
    else:
        return -1
    while n > 0:
        n -= 1
    else:
        n = 5
    return n
