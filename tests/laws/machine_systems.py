"""Random systems for the machine: up to three CPUs that share words, spin, work and interrupt each other.

Every program is a loop of pieces. Registers r1 to r5 are scratch; r8 counts rounds. Words 8, 16, 24 are shared, each on
a line of its own; 32 and 33 share one. Costs are small and uneven, so that many things happen at nearly one instant.
"""

from __future__ import annotations

from hypothesis import strategies as st
from tests.machine_programs import constant, device, irq, model, tiny

from splx.machine.constants import Kind
from splx.machine.models import CostModel
from splx.scenario.system import DistSpec, System


class Built:
    """A system with its cost model; prints as the text it was made of."""

    def __init__(self, system: System, model: CostModel, text: str):
        self.system, self.model, self.text = system, model, text

    def __repr__(self):
        return self.text


WORDS = st.sampled_from([8, 16, 24, 32, 33])
SMALL = st.integers(0, 3)


@st.composite
def pieces(draw, cpus, label):
    """A few lines that may stand anywhere in thread code."""
    word, value = draw(WORDS), draw(SMALL)
    time = draw(st.integers(0, 4000))
    cpu = draw(st.integers(0, cpus - 1))
    # one frame per CPU for thread code, one for the vector: neither is ever entered twice
    frames = (3 if label.startswith("v") else 2) * cpus
    known = {
        "load": f"LD r1 - {word}",
        "store": f"MOV r1 {value}\nST - {word} r1 0",
        "add": f"FADD r1 - {word} 1",
        "cas": f"MOV r1 {value}\nMOV r2 {value + 1}\nCAS r3 - {word} r1 r2",
        "swap": f"MOV r1 {value}\nSWAP r2 - {word} r1",
        "spin": f"{label}: LD r1 - {word}\nAND r1 r1 3\nSEQ r2 r1 {value}\nSPIN r2 {label}",
        "spin2": f"{label}: LD r1 - {word}\nLD r2 - 8\nSEQ r3 r1 r2\nSPIN r3 {label}",
        "work": f"WORK {time}",
        "draw": f"DRAW r1 {draw(st.integers(0, 2))} - - 1\nWORK r1",
        "level": f"SETLVL {draw(st.sampled_from([0, 0, 12, 250]))}",
        "off": f"IRQOFF r1\nADD r2 r2 1\nLD r3 - {word}\nIRQSET r1",
        "ipi": f"MOV r1 {cpu}\nMOV r2 {value}\nIPI r1 r2",
        "mask": f"MOV r1 {draw(st.integers(0, 1))}\n{draw(st.sampled_from(['MASK', 'UNMASK']))} r1",
        "private": "LDP r1 - 3\nADD r1 r1 1\nSTP - 3 r1 0",
        "math": "ADD r4 r4 1\nMUL r5 r4 3\nDIV r5 r5 2",
        # as a kernel waits for a lock: look, then try, then look again
        "until": f"{label}: LD r1 - {word}\nSNE r2 r1 0\nSPIN r2 {label}\nMOV r1 0\nMOV r2 1\nCAS r3 - {word} r1 r2\n"
        f"WORK {time}\nMOV r1 0\nST - {word} r1 0",
        "nap": "HALT",
        "look": "MOV r1 0\nDEVRD r2 r1 0",
        "pend": "IRQPEND r4",
        "quiet": f"MOV r1 {value % 2}\nMOV r2 {cpu % 2}\nDEVWR r1 2 r2",
        "stamp": f"MOV r1 {value}\nSTAMP r1\nWORK {time // 4}\nELAPSED r2 r1 500",
        "frame": f"CPU r1\nADD r1 r1 {frames}\nENTER r1 @sub r4",
        "route": f"MOV r1 {draw(st.integers(0, 1))}\nMOV r2 {cpu}\nROUTE r1 r2",
        "retrig": f"MOV r1 {draw(st.integers(0, 1))}\nRETRIG r1",
    }
    return known[draw(st.sampled_from(sorted(known)))]


@st.composite
def programs(draw, cpus):
    """The text of all CPUs' loops and of the interrupt vector."""
    text = []
    for cpu in range(cpus):
        body = [draw(pieces(cpus, f"c{cpu}_{n}")) for n in range(draw(st.integers(1, 6)))]
        start = "" if draw(st.booleans()) else "IRQON\n"
        end = draw(st.sampled_from(["HALT\n", "IRQON\nWORK 700\n", "WORK 300\n"]))
        text.append(f"cpu{cpu}: {start}loop{cpu}: " + "\n".join(body) + f"\nADD r8 r8 1\n{end}JMP loop{cpu}\n")
    body = "\n".join(draw(pieces(cpus, f"v_{n}")).replace("HALT", "NOP") for n in range(draw(st.integers(0, 2))))
    text.append(
        f"vector: MOV r7 {draw(st.integers(0, 1))}\nBGE r0 2 other\nMARK 1 r0 r7\n{body}\n"
        "DEVRD r6 r0 1\nBEQ r6 0 quiet\nMARK 2 r0 r6\nquiet: DEVWR r0 4 r6\nEOI r0\nLEAVE\n"
        "other: FADD r6 - 16 1\nEOI r0\nLEAVE\n"
        f"sub: WORK {draw(st.integers(0, 900))}\nLEAVE\n"
    )
    return "\n".join(text)


@st.composite
def systems(draw):
    """A system and a cost model."""
    cpus = draw(st.integers(1, 3))
    devices = [
        device("a", 0, draw(st.sampled_from([Kind.PERIODIC, Kind.POISSON])), period=draw(st.integers(900, 20000)),
               ring=draw(st.integers(1, 4)), offset=draw(st.integers(0, 3000)), dist=draw(st.sampled_from([-1, 1]))),
        device("b", 1, Kind.BURST, period=draw(st.integers(3000, 30000)), burst=3, gap=draw(st.integers(0, 500)),
               ring=draw(st.integers(1, 4))),
    ]  # fmt: skip
    irqs = [
        irq(name, edge=draw(st.booleans()), prio=draw(st.sampled_from([10, 20])), cpu=draw(st.integers(0, cpus - 1)),
            device=n)
        for n, name in enumerate("ab")
    ]  # fmt: skip
    dists = [constant(1500), DistSpec("e", mean=800), DistSpec("q", quantiles=(100, 900, 4000))]
    figures = {name: draw(st.sampled_from([7, 50, 130])) for name in ("alu", "load", "locked", "pause", "store")}
    figures |= {name: draw(st.sampled_from([0, 40, 300])) for name in ("shared", "remote", "upgrade", "trap", "leave")}
    flags = {name: draw(st.booleans()) for name in ("gate_by_priority", "edge_lost")}
    figures |= {"ipi": draw(st.sampled_from([0, 90, 700])), "irq_flag": 20}
    text = draw(programs(cpus))
    system = tiny(text, cpus=cpus, irqs=irqs, devices=devices, dists=dists, free=2 * cpus)
    return Built(system, model(**figures, **flags), f"{text}\n{devices}\n{irqs}\n{figures} {flags}")
