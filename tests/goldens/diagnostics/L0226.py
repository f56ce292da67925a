import math
import random
import time


def run(n: int) -> int:
    a = math.isqrt(n)
    b = random.randint(0, n)
    c = sorted(n)
    d = time.time
    return n
