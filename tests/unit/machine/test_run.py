"""The machine's loop: the smallest systems in which each rule of time, interrupts, lines and waiting shows."""

import pytest
from tests.machine_programs import SMALL, constant, device, irq, model, play

from splx.lang.plain import plain
from splx.machine.constants import Finding, Kind, Mode
from splx.machine.costs import Account
from splx.machine.latency import observe

HANDLER = """
vector: MARK 1 r0 r1
        DEVRD r2 r0 1
        MARK 2 r0 r2
        EOI r0
        LEAVE
"""
EVERY = {"irqs": [irq("tick", device=0)], "devices": [device("clock", period=1000, offset=500, ring=2)]}


MOVED = """
cpu0:   HALT
        JMP cpu0
cpu1:   WORK 700
        MOV r2 1
        ROUTE r1 r2
idle1:  HALT
        JMP idle1
vector: WORK 2000
        DEVRD r2 r0 1
        EOI r0
        LEAVE
"""

# ---- time and accounts


def test_an_instruction_takes_its_cost():
    it = play("boot: ADD r1 r1 1\nADD r1 r1 1\nHALT", 1000, costs=model(alu=30))
    assert it.reg(0, 1) == 2
    assert it.account(0, Account.THREAD) == 60
    assert it.account(0, Account.IDLE) == 940


def test_the_last_instruction_may_reach_beyond_the_end():
    it = play("boot: ADD r1 r1 1\nJMP boot", 100, costs=model(alu=30, branch=30))
    assert (it.cpu(0).clock, it.cpu(0).insns) == (120, 4)


def test_an_instruction_has_an_account_of_its_own_or_that_of_its_context():
    it = play("boot: ADD r1 r1 1 #7\nADD r1 r1 1\nHALT", 100, costs=model(alu=10))
    assert (it.account(0, Account.LOCK), it.account(0, Account.THREAD)) == (10, 10)


def test_a_million_instructions_at_one_instant_are_a_finding():
    it = play("boot: JMP boot", 100, system=None)
    assert it.finding == Finding.STUCK


# ---- interrupts


def test_a_halted_cpu_takes_an_interrupt_at_its_arrival_and_goes_on_behind_the_halt():
    it = play(f"boot: HALT\nADD r9 r9 1\nJMP boot\n{HANDLER}", 1600, costs=model(trap=40, leave=10), **EVERY)
    assert it.events == [
        "0,0,halt,cpu0,0",
        "500,-1,arrive,clock,0",
        "500,0,accept,tick,cpu0",
        "540,0,start,clock,0",
        "540,-1,done,clock,0",
        "540,0,eoi,tick,0",
        "540,0,leave,trap0,cpu0",
        "550,0,halt,cpu0,0",
        "1500,-1,arrive,clock,1",
        "1500,0,accept,tick,cpu0",
        "1540,0,start,clock,0",
        "1540,-1,done,clock,1",
        "1540,0,eoi,tick,0",
        "1540,0,leave,trap0,cpu0",
        "1550,0,halt,cpu0,0",
    ]
    assert it.reg(0, 9) == 2


def test_work_is_interrupted_and_resumed():
    it = play(f"boot: IRQON\nWORK 800\nMOV r9 1\nHALT\n{HANDLER}", 1000, costs=model(trap=40), **EVERY)
    assert it.reg(0, 9) == 1
    assert it.account(0, Account.THREAD) == 800
    assert it.account(0, Account.INTR) == 40
    assert it.cpu(0).clock == 1000
    assert it.account(0, Account.IDLE) == 160


def test_interrupts_wait_for_the_flag():
    it = play(f"boot: WORK 700\nIRQON\nHALT\n{HANDLER}", 1000, **EVERY)
    assert "700,0,accept,tick,cpu0" in it.events


@pytest.mark.parametrize(("level", "taken"), [(9, "500"), (10, "700")])
def test_interrupts_wait_for_the_level(level, taken):
    it = play(f"boot: SETLVL {level}\nIRQON\nWORK 700\nSETLVL 0\nHALT\n{HANDLER}", 1000, **EVERY)
    assert f"{taken},0,accept,tick,cpu0" in it.events


def test_interrupts_wait_for_the_mask():
    mask = "boot: MOV r1 0\nMASK r1\nIRQON\nWORK 700\nUNMASK r1\nHALT\n"
    assert "700,0,accept,tick,cpu0" in play(mask + HANDLER, 1000, **EVERY).events


def test_some_controllers_drop_an_edge_on_a_masked_input():
    mask = "boot: MOV r1 0\nMASK r1\nIRQON\nWORK 700\nUNMASK r1\nHALT\n"
    it = play(mask + HANDLER, 1000, costs=model(edge_lost=True), **EVERY)
    assert it.beside.devices[0].lost == 1
    assert not [each for each in it.events if "accept" in each]


def test_two_devices_on_one_level_line_count_apart_and_the_wire_falls_with_the_second():
    """Both assert at once. The first interrupt pops the first device's item, the next the second's: none comes then."""
    one_each = """
    boot:   HALT
            JMP boot
    vector: DEVRD r2 r9 1
            MOV r9 1
            EOI r0
            LEAVE
    """
    both = [device("a", offset=500, period=9000, next=1), device("b", offset=500, period=9000, pin=1)]
    it = play(one_each, 1400, irqs=[irq("line", edge=False, device=0)], devices=both)
    assert [each for each in it.events if "accept" in each] == ["500,0,accept,line,cpu0"] * 2
    devices = it.machine.beside.devices
    assert [devices[n].irqs for n in range(2)] == [1, 2]


def test_a_level_irq_comes_again_until_the_device_is_quiet():
    twice = """
    boot:   HALT
            JMP boot
    vector: ADD r3 r3 1
            BNE r3 2 again
            DEVRD r2 r0 1
            MARK 2 r0 r2
    again:  EOI r0
            LEAVE
    """
    wiring = {"irqs": [irq("line", edge=False, device=0)], "devices": EVERY["devices"]}
    it = play(twice, 1400, **wiring)
    assert [each for each in it.events if "accept" in each] == ["500,0,accept,line,cpu0"] * 2


def test_an_edge_irq_comes_once():
    once = "boot: HALT\nJMP boot\nvector: EOI r0\nLEAVE"
    assert len([each for each in play(once, 1400, **EVERY).events if "accept" in each]) == 1


@pytest.mark.parametrize(("gate", "nested"), [(True, ["low", "high"]), (False, ["low", "low2", "high"])])
def test_what_is_in_service_keeps_away_its_own_and_lower_priorities(gate, nested):
    irqs = [irq("low", prio=10, device=0), irq("low2", prio=10, device=1), irq("high", prio=20, device=2)]
    devices = [device(name, n, period=10**6, offset=100 + n) for n, name in enumerate(("a", "b", "c"))]
    # the trap context becomes a frame, so that the next interrupt can come
    text = """
    boot:   HALT
            JMP boot
    vector: ADD r1 r0 2
            BECOME r1 @frame r0
    frame:  IRQON
            WORK 1000
            IRQOFF -
            EOI r0
            LEAVE
    """
    it = play(text, 800, costs=model(gate_by_priority=gate), irqs=irqs, devices=devices, free=3)
    assert [each.split(",")[3] for each in it.events if "accept" in each] == nested


def test_equal_priorities_go_by_rank():
    irqs = [irq("first", device=0), irq("second", device=1)]
    devices = [device("b", 0, period=10**6, offset=100), device("a", 1, period=10**6, offset=100)]
    it = play("boot: HALT\nJMP boot\nvector: EOI r0\nLEAVE", 800, irqs=irqs, devices=devices)
    assert [each for each in it.events if "accept" in each] == ["100,0,accept,first,cpu0", "100,0,accept,second,cpu0"]


@pytest.mark.parametrize(("ties", "order"), [(0, ["a", "b"]), (1, ["b", "a"])])
def test_the_order_of_simultaneous_arrivals_is_chosen(ties, order):
    devices = [device("a", -1, period=10**6, offset=100), device("b", -1, period=10**6, offset=100)]
    it = play("boot: HALT", 800, devices=devices, ties=ties)
    assert [each.split(",")[3] for each in it.events if "arrive" in each] == order


def test_an_interrupt_in_the_trap_context_is_a_finding():
    it = play("boot: HALT\nJMP boot\nvector: IRQON\nEOI r0\nWORK 5000\nLEAVE", 9000, **EVERY)
    assert it.finding == Finding.TRAP_REENTERED


# ---- several CPUs


def test_an_ipi_takes_the_machines_latency():
    text = "cpu0: WORK 100\nMOV r1 1\nMOV r2 0\nIPI r1 r2\nHALT\ncpu1: HALT\nJMP cpu1\nvector: EOI r0\nLEAVE"
    it = play(text, 1000, cpus=2, costs=model(ipi=70))
    assert it.events[1:3] == ["100,0,ipi,1,0", "100,0,halt,cpu0,0"]
    assert it.events[3] == "170,1,accept,ipi1.0,cpu1"


@pytest.mark.parametrize(("taken", "accepted"), [(530, ["520,1,accept,line,cpu1"]), (510, [])])
def test_what_another_cpu_takes_in_time_is_not_interrupted_for(taken, accepted):
    """CPU 1 is about to halt when the item comes, at 500, and looks at 520. What CPU 0 takes at 510 is gone by then."""
    text = f"""
    cpu0:   MOV r1 0
            WORK {taken}
            DEVRD r2 r1 1
            HALT
    cpu1:   WORK 480
            HALT
            MOV r9 1
            HALT
    vector: DEVRD r2 r0 1
            EOI r0
            LEAVE
    """
    devices = [device("card", offset=500, period=9000)]
    it = play(text, 1000, cpus=2, costs=model(halt=40, ipi=300), irqs=[irq("line", edge=False, cpu=1, device=0)],
              devices=devices)  # fmt: skip
    assert [each for each in it.events if "accept" in each] == accepted
    assert it.reg(1, 9) == int(bool(accepted))
    assert it.account(1, Account.IDLE) == 1000 - 520 - 40 * int(bool(accepted))


def test_what_another_cpu_opens_is_offered_after_the_machines_latency():
    text = """
    cpu0:   MOV r1 0
            MASK r1
            WORK 600
            UNMASK r1
            HALT
    cpu1:   HALT
            JMP cpu1
    vector: DEVRD r2 r0 1
            EOI r0
            LEAVE
    """
    devices = [device("card", offset=500, period=9000)]
    it = play(text, 1000, cpus=2, costs=model(ipi=70), irqs=[irq("line", edge=False, cpu=1, device=0)], devices=devices)
    assert [each for each in it.events if "accept" in each] == ["670,1,accept,line,cpu1"]


def test_a_line_costs_more_when_somebody_else_has_it():
    figures = {"load": 1, "store": 2, "shared": 100, "remote": 300, "upgrade": 50}
    it = play("cpu0: ST - 8 r1 0\nHALT\ncpu1: WORK 1000\nLD r1 - 8\nLD r2 - 9\nST - 8 r1 0\nHALT", 5000, cpus=2,
              costs=model(**figures))  # fmt: skip
    assert it.account(0, Account.THREAD) == 2 + 100  # from memory
    assert it.account(1, Account.THREAD) == 1000 + (1 + 300) + 1 + (2 + 50)


def test_stores_happen_in_the_order_of_time():
    text = """
    cpu0: WORK 200
          MOV r1 1
          ST - 8 r1 0
          HALT
    cpu1: WORK 100
          MOV r1 2
          ST - 8 r1 0
          LD r3 - 8
          WORK 200
          LD r4 - 8
          HALT
    """
    it = play(text, 1000, cpus=2)
    assert (it.reg(1, 3), it.reg(1, 4)) == (2, 1)


SPIN = "cpu0: WORK 1000\nMOV r1 1\nST - 8 r1 0\nHALT\ncpu1: LD r1 - 8\nSEQ r2 r1 0\nSPIN r2 cpu1\nHALT"


def test_a_spinner_leaves_at_its_first_look_after_the_store():
    it = play(SPIN, 5000, cpus=2, costs=model(load=10, alu=10, pause=80, branch=1))
    # it looks at 0, 100, 200 ...; the store is at 1010; the look at 1100 sees it
    assert it.account(1, Account.SPIN) == 1100 + 10 + 10 + 1
    assert it.cpu(1).insns == 12 * 3 + 1


def test_a_parked_spinner_holds_its_line_and_gets_it_back_at_a_price():
    it = play(SPIN, 5000, cpus=2, costs=model(load=10, alu=10, pause=80, remote=500, upgrade=30))
    assert it.account(0, Account.THREAD) == 1000 + 10 + 500
    assert it.account(1, Account.SPIN) == 1100 + (10 + 500) + 10


def test_with_free_instructions_a_spinner_waits_for_the_store():
    it = play(SPIN, 5000, cpus=2)
    assert it.account(1, Account.SPIN) == 1000
    assert it.cpu(1).mode == Mode.HALTED


def test_a_spinner_that_nobody_frees_spins_to_the_end():
    it = play("boot: LD r1 - 8\nSEQ r2 r1 0\nSPIN r2 boot\nHALT", 1000, costs=model(load=10, alu=10, pause=10))
    assert it.account(0, Account.SPIN) == it.cpu(0).clock == 1010


# ---- contexts


def test_switching_leaves_one_context_and_goes_on_in_another():
    text = "boot: MOV r1 2\nSWITCH r1\nMOV r9 1\nHALT\nother: MOV r1 0\nSWITCHX r1"
    it = play(text, 100, threads=["other"], costs=model(switch=5))
    assert it.reg(0, 9) == 1
    assert it.machine.state.status[2] == 0
    assert it.events[:2] == ["0,0,switch,cpu0,other", "5,0,switch,other,cpu0"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("boot: MOV r1 3\nSWITCH r1", Finding.BAD_SWITCH),
        ("boot: MOV r1 99\nSWITCH r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 2\nENTER r1 @f r1\nHALT\nf: ENTER r0 @f r0", Finding.BUSY_FRAME),
        ("boot: LEAVE", Finding.NO_BELOW),
        ("boot: LD r1 r2 0", Finding.BAD_ADDRESS),
        ("boot: MOV r1 5000\nLD r1 r1 0", Finding.BAD_ADDRESS),
        ("boot: DIV r1 r1 0", Finding.DIVIDE),
        ("boot: MOV r1 256\nST - 8 r1 8", Finding.RANGE),
        ("boot: MOV r1 200\nST - 8 r1 -8", Finding.RANGE),
        ("boot: CALLR r1 r2", Finding.BAD_FUNCTION),
        ("boot: ASSERT r1 0", Finding.ASSERT),
        ("boot: PANIC 0", Finding.PANIC),
        ("boot: WORK -1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nMASK r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nUNMASK r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nEOI r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 9\nROUTE r2 r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nROUTE r1 r2", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nRETRIG r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 9\nIPI r2 r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nDEVRD r2 r1 0", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nDEVWR r1 2 r2", Finding.BAD_OPERAND),
        ("boot: DEVWR r1 3 r2", Finding.BAD_OPERAND),  # a request to a device that takes none
        ("boot: MOV r1 99\nSTAMP r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nELAPSED r2 r1 5", Finding.BAD_OPERAND),
        ("boot: MOV r1 300\nSETLVL r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nRDPC r2 r1", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nWRPC r1 r2", Finding.BAD_OPERAND),
        ("boot: MOD r1 r1 0", Finding.DIVIDE),
        ("boot: MOV r1 99\nENTER r1 @boot r0", Finding.BAD_OPERAND),
        ("boot: MOV r1 99\nBECOME r1 @boot r0", Finding.BAD_OPERAND),
        ("boot: MOV r1 2\nBECOME r1 @boot r0", Finding.BUSY_FRAME),
        ("boot: MOV r1 3\nENTER r1 9999 r0", Finding.BAD_FUNCTION),
        ("boot: AEQ r1 1 0", Finding.ASSERT),
        ("boot: ANE r1 0 0", Finding.ASSERT),
        ("boot: ALT r1 0 0", Finding.ASSERT),
        ("boot: ALE r1 -1 0", Finding.ASSERT),
        ("boot: AGT r1 0 0", Finding.ASSERT),
        ("boot: AGE r1 1 0", Finding.ASSERT),
        *(
            (f"boot: MOV r1 5000\n{text}", Finding.BAD_ADDRESS)
            for text in (
                "ST r1 0 r2 0",
                "STX r1 r2 0 r2 0",
                "CAS r2 r1 0 r2 r2",
                "SWAP r2 r1 0 r2",
                "FADD r2 r1 0 r2",
                "CASU r2 r1 0 r2 r2",
                "SWAPU r2 r1 0 r2",
                "FADDU r2 r1 0 r2",
                "STP r1 0 r2 0",
                "LDP r2 r1 0",
                "CASP r2 r1 0 r2 r2",
                "SWAPP r2 r1 0 r2",
                "FADDP r2 r1 0 r2",
            )
        ),
        ("boot: CAS2P r2 5000 r2 r2 r2", Finding.BAD_ADDRESS),
        ("boot: MOV r1 0\nMOV r2 3\nMARK 2 r1 r2", Finding.IN_FLIGHT),
        ("boot: MOV r1 0\nMARK 2 r1 r1", Finding.IN_FLIGHT),
    ],
)
def test_what_the_machine_holds_to_be_wrong(text, finding):
    wiring = {"threads": ["boot"], "devices": [device("a", -1, kind=Kind.NONE)]}
    assert play(text, 100, **wiring).finding == finding


def test_a_context_may_let_go_of_what_lies_beneath_and_look_where_another_will_go_on():
    it = play(
        """
        boot:  MOV r1 3
               ENTER r1 @frame r0
        frame: BELOW r2
               RDPC r3 r2
               DETACH r4
               BELOW r5
               MOV r6 2
               MOV r7 1
               WRPC r6 r7
               RDPC r8 r6
               HALT
        """,
        100,
        threads=["boot"],
    )
    assert [it.reg(3, n) for n in (2, 3, 4, 5, 8)] == [0, 3, 0, -1, 1]


def test_division_by_minus_one_negates_and_leaves_nothing_over():
    it = play("boot: MOV r1 7\nMOV r2 -1\nDIV r3 r1 r2\nMOD r4 r1 r2\nHALT", 100)
    assert (it.reg(0, 3), it.reg(0, 4)) == (-7, 0)


# ---- devices


def test_a_ring_drops_what_it_has_no_room_for():
    it = play("boot: WORK 5000\nHALT", 4000, devices=[device("nic", -1, period=1000, ring=2)])
    nic = it.beside.devices[0]
    assert (nic.arrived, nic.accepted, nic.dropped) == (5, 2, 3)


def test_latencies_run_from_the_arrival_to_the_start_and_to_the_end():
    text = "boot: WORK 700\nIRQON\nHALT\nvector: MARK 1 r0 r1\nDEVRD r2 r0 1\nWORK 50\nMARK 2 r0 r2\nEOI r0\nLEAVE"
    it = play(text, 1000, costs=model(trap=40), **EVERY)
    clock = it.beside.sources[0]
    assert [clock.most[0], clock.most[1]] == [700 + 40 - 500, 700 + 40 + 50 - 500]


def test_the_sum_of_latencies_is_two_words_wide():
    it = play("boot: HALT", 10, devices=[device("nic", -1, kind=Kind.NONE)])
    kept = it.beside.sources[0]
    for _ in range(3):
        plain(observe, SMALL)(it.buffer, 0, 1, (1 << 62) - 1)
    assert (kept.total_hi[1] << 62) + kept.total[1] == 3 * ((1 << 62) - 1)
    assert kept.total_hi[1] == 2


def test_an_item_that_comes_while_its_handler_runs_has_waited_until_it_is_taken():
    text = """
    boot:   HALT
            JMP boot
    vector: MARK 1 r0 r1
    next:   DEVRD r2 r0 1
            BEQ r2 0 out
            WORK 300
            MARK 2 r0 r2
            JMP next
    out:    EOI r0
            LEAVE
    """
    burst = device("nic", 0, Kind.BURST, period=10**6, burst=2, gap=100, ring=4)
    nic = play(text, 1000, irqs=[irq(device=0)], devices=[burst]).beside.sources[0]
    assert (nic.count[0], nic.least[0], nic.most[0]) == (2, 0, 200)


def test_an_item_that_waits_still_cannot_be_done():
    nic = device("nic", -1, period=100)
    texts = ["boot: MOV r1 0\nMOV r2 1\nWORK 500\n" + each + "MARK 2 r1 r2\nHALT" for each in ("", "DEVRD r2 r1 1\n")]
    found = [play(each, 1000, devices=[nic]).finding for each in texts]
    assert found == [Finding.IN_FLIGHT, Finding.NONE]


def test_a_closed_loop_completes_what_was_submitted():
    text = "boot: MOV r1 0\nMOV r2 1\nDEVWR r1 3 r2\nDEVWR r1 3 r2\nHALT"
    it = play(text, 5000, devices=[device("disk", -1, Kind.CLOSED, dist=0, ring=4)], dists=[constant(700)])
    assert [each for each in it.events if "arrive" in each] == ["700,-1,arrive,disk,0", "1400,-1,arrive,disk,1"]


def test_a_recording_begins_anew():
    disk = device("disk", -1, Kind.RECORDED, recording=(0, 30, 50), repeat=100, ring=9, offset=5)
    it = play("boot: HALT", 210, devices=[disk])
    times = [int(each.split(",")[0]) for each in it.events if "arrive" in each]
    assert times == [5, 35, 55, 105, 135, 155, 205]


def test_a_device_that_may_not_interrupt_does_so_when_it_may():
    text = f"boot: MOV r1 0\nMOV r2 0\nDEVWR r1 2 r2\nIRQON\nWORK 700\nMOV r2 1\nDEVWR r1 2 r2\nHALT\n{HANDLER}"
    assert "700,0,accept,tick,cpu0" in play(text, 1000, **EVERY).events


# ---- draws


def test_a_thread_draws_its_own_sequence_whatever_else_happens():
    text = "boot: DRAW r1 0 -\nDRAW r2 0 -\nHALT"
    from splx.scenario.system import DistSpec

    dists = [DistSpec("e", mean=1000)]
    one, two = play(text, 10, dists=dists), play("boot: NOP\n" + text[5:], 10, dists=dists)
    assert (one.reg(0, 1), one.reg(0, 2)) == (two.reg(0, 1), two.reg(0, 2))
    assert one.reg(0, 1) != one.reg(0, 2)
    assert play(text, 10, dists=dists, seed=8).reg(0, 1) != one.reg(0, 1)


@pytest.mark.parametrize(("level", "flag", "seen"), [(0, "", 1), (0, "IRQON\n", 0), (10, "", 0)])
def test_a_cpu_can_ask_whether_an_interrupt_waits_that_it_would_take(level, flag, seen):
    """With the flag on it has been taken by then; one that is not above the level would not be."""
    text = f"boot: SETLVL {level}\n{flag}WORK 600\nIRQPEND r3\nHALT\n{HANDLER}"
    assert play(text, 650, **EVERY).reg(0, 3) == seen


# ---- lines that move


def accepted(text, *, edge, until=9000):
    """When which CPU accepts the line of a device that has something to say at 500 and at 1500."""
    line = irq("tick", edge=edge, device=0)
    it = play(text, until, cpus=2, irqs=[line], devices=[device(period=1000, offset=500, limit=2, ring=2)])
    return [each.split(",")[:2] for each in it.events if ",accept," in each]


def test_an_edge_is_delivered_where_it_goes_though_it_is_in_service_elsewhere():
    assert accepted(MOVED, edge=True) == [["500", "0"], ["1500", "1"]]


def test_a_level_is_delivered_where_it_goes_when_its_service_is_over():
    assert accepted(MOVED, edge=False) == [["500", "0"], ["2500", "1"]]


def test_an_edge_that_has_come_back_waits_for_the_cpu_that_serves_it():
    back = MOVED.replace("idle1:", "WORK 1400\nMOV r2 0\nROUTE r1 r2\nidle1:")
    assert accepted(back.replace("WORK 2000", "WORK 3000"), edge=True) == [["500", "0"], ["3500", "0"]]


def test_software_latches_an_edge_and_no_level():
    again = MOVED.replace("ROUTE r1 r2", "RETRIG r1")
    assert accepted(again, edge=True) == [["500", "0"], ["2500", "0"]]
    assert accepted(again.replace("WORK 2000", "NOP"), edge=True) == [["500", "0"], ["700", "0"], ["1500", "0"]]
    assert accepted(again.replace("WORK 2000", "NOP"), edge=False) == [["500", "0"], ["1500", "0"]]
