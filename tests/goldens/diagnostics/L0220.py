def run(n: int) -> int:
    sum = 0
    for i in range(0, 8, 0):
        sum += i
    for i in range(0, 8, n):
        sum += i
    return sum
