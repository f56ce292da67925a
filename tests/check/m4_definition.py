"""M4 as it is defined: tables of instructions, and what each of them does to a tuple of 23 numbers.

cur[2], act[4], ipc[4], spl[2], status[3], pc[3], own[3], flag[2]. The model in bench/models/tiny_kernel.py says the
same in kernel Python.
"""

READY, RUN, BLOCKED = 0, 1, 2
CUR, ACT, IPC, SPL, STATUS, PC, OWN, FLAG = 0, 2, 6, 10, 12, 15, 18, 21
INIT = (0,) * 23

T0 = [("ENTER", 2), ("SPL", 1), ("LOCK", 0), ("UNLOCK", 0), ("SPL", 0), ("EXIT", 2)]
T1 = [("WAIT", 0), ("ENTER", 2), ("SPL", 2), ("LOCK", 1), ("UNLOCK", 1), ("SPL", 0), ("EXIT", 2)]
T2 = [
    ("WAIT", 1),
    ("SPL", 1),
    ("LOCK", 0),
    ("SPL", 2),
    ("LOCK", 1),
    ("UNLOCK", 1),
    ("SPL", 1),
    ("UNLOCK", 0),
    ("SPL", 0),
]
THREADS = [T0, T1, T2]
HANDLERS = [[("LOCK", k), ("WAKE", k), ("UNLOCK", k), ("IRET", 0)] for k in range(2)]


def successors(s):
    found = []
    for cpu in range(2):
        low, high = s[ACT + 2 * cpu], s[ACT + 2 * cpu + 1]
        ipl = max(s[SPL + cpu], 2 if high else 1 if low else 0)
        for level in range(2):
            if level + 1 > ipl:
                n = list(s)
                n[ACT + 2 * cpu + level] = 1
                found.append(tuple(n))
        found += handler_step(s, cpu, int(high)) if low or high else thread_steps(s, cpu)
    return found


def handler_step(s, cpu, level):
    n, x = list(s), 2 * cpu + level
    op, arg = HANDLERS[level][s[IPC + x]]
    n[IPC + x] += 1
    if op == "LOCK":
        if s[OWN + arg]:
            return []
        n[OWN + arg] = 4 + x
    elif op == "UNLOCK":
        n[OWN + arg] = 0
    elif op == "WAKE":
        t = waiter(s, ("WAIT", arg))
        if t < 0:
            n[FLAG + arg] = 1
        else:
            wake(n, t)
    else:
        n[ACT + x] = n[IPC + x] = 0
    return [tuple(n)]


def waiter(s, what):
    return max((t for t in range(3) if s[STATUS + t] == BLOCKED and THREADS[t][s[PC + t]] == what), default=-1)


def wake(n, t):
    n[STATUS + t] = READY
    n[PC + t] = (n[PC + t] + 1) % len(THREADS[t])


def thread_steps(s, cpu):
    found, t = [], s[CUR + cpu] - 1
    best = max((u for u in range(3) if s[STATUS + u] == READY), default=-1)
    if best > t and (t < 0 or s[SPL + cpu] == 0):
        n = list(s)
        n[CUR + cpu], n[STATUS + best] = best + 1, RUN
        if t >= 0:
            n[STATUS + t] = READY
        found.append(tuple(n))
    if t >= 0:
        n = list(s)
        n[PC + t] = (s[PC + t] + 1) % len(THREADS[t])
        if execute(s, n, cpu, t):
            found.append(tuple(n))
    return found


def execute(s, n, cpu, t):
    op, arg = THREADS[t][s[PC + t]]
    if op == "LOCK":
        n[OWN + arg] = t + 1
        return not s[OWN + arg]
    if op == "UNLOCK":
        n[OWN + arg] = 0
    elif op == "SPL":
        n[SPL + cpu] = arg
    elif op == "EXIT":
        w = waiter(s, ("ENTER", arg))
        n[OWN + arg] = w + 1
        if w >= 0:
            wake(n, w)
    elif op == "ENTER" and not s[OWN + arg]:
        n[OWN + arg] = t + 1
    elif op == "WAIT" and s[FLAG + arg]:
        n[FLAG + arg] = 0
    else:
        n[PC + t], n[STATUS + t], n[CUR + cpu] = s[PC + t], BLOCKED, 0
    return True
