# size: one layout, read as one page; the fields are the documentation
"""What a search consists of: the machine at hand, the parts a state is cut into, the states found so far.

A state is cut into *parts*: each context, each CPU, each irq, each device, each store buffer, each cache line of
memory. The contents that a part has been seen with are numbered, and a state is the row of these numbers, packed: a
part seen with one content only takes no bit. `value` says which contents the machine at hand has; moving it to another
state rewrites the parts that differ, and nothing else.
"""

from __future__ import annotations

from enum import IntEnum

from splx.lang.struct import Array, Size, Slice, Struct, array
from splx.lang.types import i16, i32, i64, u8
from splx.machine.state import CODE, CPUS, CTXS, DEVS, WORDS, Machine

BUFFERS = Size("BUFFERS")  # CPUS * BUFFER
PARTS = Size("PARTS")  # CTXS + CPUS + IRQS + DEVS + CPUS + LINES, and FIRED more
ROW = Size("ROW")  # words of a row at most
ROW_ENDS = Size("ROW_ENDS")  # ROW + 1
HAND = 64  # successors that are looked up together at most
HAND_WORDS = Size("HAND_WORDS")  # HAND * ROW
RECENT_AT = 53  # of a hash: so many bits on, and 1 << 64 - 53 rows of successors are remembered
RECENT_WORDS = Size("RECENT_WORDS")  # so many times ROW
ASIDE = 4096  # slots, for a moment
MOVERS = Size("MOVERS")  # 4 * CPUS + DEVS
MOVER_ROWS = Size("MOVER_ROWS")  # MOVERS * ROW
SCRATCH = 320  # words of the contents of one part at most: a register file and a head
GROUPS = 64
CUTS = 4096
LOCKS = 62  # words that are told to be locks: a bit each
FIRED = 4  # choices that one move can meet: digits of its number
BUFFER = 8  # stores that one buffer holds
JUDGES = 192  # properties at most, those of each CPU counted
SIGHT = Size("SIGHT")  # 64 * ROW
ORDERS = 2048  # of what is noted of the order of locks; see `orders`
PENDING = 32  # of one move
READS = 32  # words of which a property is told to have read them
LINE_WORDS = 8
TURN_AT = 27  # in how a state was found: the bits of the turn, above those of the move
MOVE = (1 << TURN_AT) - 1


class Kind(IntEnum):
    """What a part is."""

    CONTEXT = 0
    CPU = 1
    IRQ = 2
    DEVICE = 3
    BUFFER = 4
    LINE = 5


class Move(IntEnum):
    """What can happen in a state. A move is `kind << 24 | who << 16 | choices`."""

    STEP = 0  # CPU `who` executes, up to its next stop; `choices` are digits of 4 bits, the first lowest
    ACCEPT = 1  # CPU `who` takes an interrupt
    ARRIVE = 2  # an item arrives at device `who`
    VISIBLE = 3  # the oldest store in the buffer of CPU `who` becomes visible
    OVERTAKE = 4  # CPU `who` takes a lesser interrupt than what another CPU has sent it, which is still under way
    JUDGE = 5  # no move: property `who` is evaluated


class Class(IntEnum):
    """Bits of what an instruction is to a search."""

    STOP = 1  # a move ends before it
    GUARDED = 2  # a move ends before it unless interrupts are off on its CPU
    LINES = 4  # it may change irqs, devices, or interrupt another CPU
    SPIN = 8  # the back edge of a busy-wait that reads one word: taken, the move is none
    CHOICE = 16  # its outcome is a choice of two
    CONTEXT = 32  # it may change the context in register a
    INSIDE = 64  # inside an atomic function or a busy-wait: a move goes on
    WAITS = 128  # in a busy-wait: executing it is no progress
    COUNTED = 256  # its outcome is a choice among as many as register a says
    DRAINS = 512  # it waits until the stores of its CPU are visible
    STORE = 1024  # its store goes to the buffer of its CPU
    JOINS = 4096  # an atomic step that belongs to the step before it in the same context, see Bounds
    CALM = 8192  # the same, where no interrupt can come
    OWNABLE = 16384  # it uses one word, and if nobody else does nobody can tell when
    SWITCHES = 32768  # another context goes on in its place
    TRIES = 65536  # it is part of a function that tries, and waits for nothing
    PURE = 2048  # it changes registers of its context alone, and the same ones whenever it is executed


class Writes(IntEnum):
    """How the address of a word that an instruction writes is formed."""

    NOTHING = 0
    BASE = 1
    OWN = 2
    PRIVATE = 3
    INDEXED = 4
    FIXED = 5  # of this CPU's block, the immediate alone
    PAIR = 6  # and the next word too


class Round(IntEnum):
    """Whether an instruction may end a round of a thread or handler that goes on for ever."""

    NONE = 0
    BACK = 1  # if it goes back to the beginning of a loop that nothing leaves
    RETURN = 2  # of a handler: it returns
    LOOK = 3  # none, but the end of a busy-wait that reads one word
    CALLS = 4  # none, but a call of what a table says, in the kernel's text
    RETURNS = 5  # the same, of a function that such a call has called
    OWN_BACK = 6  # as BACK, in the user's text: of threads, for a handler is to return


class Outcome(IntEnum):
    """What became of a move."""

    NONE = 0  # it cannot happen
    DONE = 1
    FINDING = 2


class How(IntEnum):
    """How a group is to be stuck."""

    ANY = 0
    ASLEEP = 1
    AWAKE = 2
    STILL = 3  # and nothing can move
    AIM = 4  # in a state that is marked for it
    LOST = 5  # asleep, and nobody can wake it


class Fate(IntEnum):
    """What has become of a node of the cheapest way."""

    NONE = 0  # no way to it is known
    DEAR = 1  # one is queued that cost one more than the way before it
    FREE = 2  # one is queued that did not
    OVER = 3  # it has been dealt with


class Truth(IntEnum):
    """What a property gives. No Outcome has these numbers."""

    FALSE = 4
    TRUE = 5
    BROKEN = 6  # nothing: it breaks a rule of the machine, or does not end


class Beyond(IntEnum):
    """What a search came to that it cannot keep apart."""

    NOTHING = 0
    OUTCOMES = 1  # of one choice
    CHOICES = 2  # in one move
    REQUESTS = 3  # that wait at one device
    TURNED = 4  # CPUs that are not alike, though they were said to be


class Want(IntEnum):
    """Why `explore` returned."""

    NOTHING = 0  # every state has been expanded
    FINDING = 1
    PAUSE = 2  # the number of states asked for has been expanded
    ROOM = 3  # rows or slots are nearly full
    ARENA = 4
    PLACES = 5  # part `wanted` has no room for more contents
    BITS = 6  # part `wanted` has no bit left for its contents
    EDGES = 7
    NODES = 8
    MEMO = 10
    COST = 9  # nothing within `most_cost`
    FULL = 11  # the host has no more memory
    LAST = 13  # the last cost begins
    IMAGE = 12  # there are contents of which nobody has said what they are when CPUs are exchanged


class Search(Struct):
    """See the module. Slices belong to the host, which makes them longer when a `Want` says so."""

    machine: Machine
    # the program, by instruction
    klass: Array[i32] = array(CODE)
    writes: Array[u8] = array(CODE)
    reads: Array[u8] = array(CODE)  # the form of the address of a word that an instruction reads; see Writes
    ends: Array[u8] = array(CODE)  # a Round
    here: Array[i32] = array(CODE)  # where in `lives` the registers stand that a context at this place needs
    here_n: Array[i16] = array(CODE)
    back: Array[i32] = array(CODE)  # and those that a caller needs to which a call returns here
    back_n: Array[i16] = array(CODE)
    link_here: Array[i16] = array(CODE)  # the register with the return address, -1 if nobody returns
    link_back: Array[i16] = array(CODE)
    lives: Slice[i64]
    plain: Array[u8] = array(CODE)  # what it does with a word that is not marked atomic, see `uses`
    between: Array[i32] = array(CODE)  # between the read and the write of a change: the place of the write
    tears: Array[u8] = array(CODE)  # it writes a word that somewhere is changed so
    moved: Array[u8] = array(CODE)  # it writes a constant in place of what was moved elsewhere
    items: Array[u8] = array(CODE)  # what it says of items of a device; a Tells, see `items`
    taken: Array[i16] = array(CODE)  # it writes a word: 1 + the register with what was read there before, plus
    added: Array[i64] = array(CODE)  # this
    tears_asked: u8
    torn: i32  # the context whose change was torn apart
    torn_at: i32  # by which instruction; by its own, if what it overwrites is not what it has read
    # the parts
    n_parts: i32
    n_ctxs: i32
    n_devs: i32
    n_lines: i32
    first_cpu: i32  # numbers of the first part of each kind; contexts start at 0
    first_irq: i32
    first_dev: i32
    first_buffer: i32
    first_line: i32
    value: Array[i32] = array(PARTS)  # which contents the machine at hand has
    count: Array[i32] = array(PARTS)  # how many contents have been seen
    bits: Array[u8] = array(PARTS)
    shift: Array[u8] = array(PARTS)
    word: Array[u8] = array(PARTS)  # of the row
    place: Array[i32] = array(PARTS)  # where in `places` its contents are listed
    room: Array[i32] = array(PARTS)  # how many fit there
    active: Array[i32] = array(PARTS)  # parts with bits
    n_active: i32
    # devices, as a search sees them
    dev_kind: Array[u8] = array(DEVS)
    dev_fair: Array[u8] = array(DEVS)  # its arrivals keep coming, for fairness
    dev_room: Array[i32] = array(DEVS)  # items that may wait
    budget: Array[i32] = array(DEVS)  # arrivals in all, -1 no limit
    used: Array[i32] = array(DEVS)
    asks_itself: u8  # some CPU sends interrupts to itself
    owing: u8  # the program says of single items that they are done
    owed: Array[i64] = array(DEVS)  # items that were taken and are not done, see `items`
    calm_level: i32  # at this level no source can interrupt
    # who uses each word, see `owners`
    fuse: u8  # what nobody else can look at ends no move
    raised: u8  # a word has come into more hands than those that moves were made for
    writer: Array[i32] = array(WORDS)
    user: Array[i32] = array(WORDS)
    writer_locks: Array[i64] = array(WORDS)  # that were held whenever the word was written, as bits
    user_locks: Array[i64] = array(WORDS)
    lock_of: Array[i16] = array(WORDS)  # the number of the lock that a word is, plus one; -1: it has turned out none
    n_locks: i32
    lock_at: Array[i64] = array(LOCKS)  # their addresses
    held_by: Array[i32] = array(LOCKS)  # whose hands each is in, in the machine at hand
    unseen: u8  # stores made at once, since a move would have ended, to words that only their own CPU looks at
    cutting: u8  # a move notes where it would end if nothing were fused, see `follow`
    n_cuts: i32
    cut: Array[i32] = array(CUTS)  # choices made until then | stores that become visible there << 8
    cut_cpu: i32
    since_cut: i32  # instructions
    coupled: u8  # an arrival is taken at once or does not happen
    tso: u8  # stores wait in buffers; without, only those of unlocked operations, and nothing overtakes them
    buffer_room: i32
    buffered: Array[i32] = array(CPUS)  # stores in each buffer, oldest first
    buffer_at: Array[i64] = array(BUFFERS)  # their addresses
    buffer_word: Array[i64] = array(BUFFERS)
    beneath: Array[i64] = array(BUFFER)  # what memory held before the CPU at hand looked through its buffer
    # locks, see `beneath`
    beneath_asked: u8
    holder_at: Slice[i64]  # by word that is waited for: the address of the word that says who holds the lock, 0 none
    holder_ctx: Slice[i64]  # by what that word holds: a context + 1, 0 none; if there are none, it says 1 + a CPU
    n_holders: i64
    # locks in the order in which they are taken, see `orders`
    n_ordered: i32  # locks; 0: nobody asks
    ordered: Array[i16] = array(WORDS)  # by word that says who holds a lock: its number + 1, 0 none
    ordered_at: Array[i64] = array(LOCKS)  # their addresses
    ordered_of: Array[i32] = array(LOCKS)  # the object that it is in: no order among those of one
    of_thread: Array[u8] = array(LOCKS)  # its word names a thread, beside flags, and no CPU
    many: Array[u8] = array(LOCKS)  # whether many may read under it; a Many, see `holders`
    many_at: Array[i64] = array(LOCKS)  # where it says how many do
    locks_offset: i64  # where in a thread it says how many locks that sleep it has
    order_who: Array[i64] = array(ORDERS)  # hashed by these two: what was taken with what held, who, where; 0 free
    order_held: Array[i64] = array(ORDERS)  # and all that was held, as bits
    order_shared: Array[i64] = array(ORDERS)  # what of that only to read
    order_writers: Array[i64] = array(LOCKS)  # by lock that many may read under: the groups that have had it to write
    order_state: Array[i64] = array(ORDERS)  # where it was seen first: the state
    order_move: Array[i64] = array(ORDERS)  # and the move
    n_orders: i32
    orders_lost: u8  # there were more
    n_pending: i32  # seen in the move at hand
    pending_who: Array[i64] = array(PENDING)
    pending_held: Array[i64] = array(PENDING)
    pending_shared: Array[i64] = array(PENDING)
    # contents
    arena: Slice[i64]  # records: part, number, length, words
    arena_used: i64
    index: Slice[i64]  # open addressing: arena offset + 1
    index_used: i64
    places: Slice[i64]  # arena offsets by part and number
    arena_room: i64  # lengths of the slices
    index_mask: i64
    scratch: Array[i64] = array(SCRATCH)
    n_scratch: i32
    # states
    row_words: i32
    row: Array[i64] = array(ROW)  # of the state being expanded
    other: Array[i64] = array(ROW)  # of its successor
    rows: Slice[i64]
    came: Slice[i64]  # parent << 32 | turn << 27 | move
    slots: Slice[i64]  # open addressing: tag << 32 | state + 1
    n_states: i64
    states_room: i64
    slots_mask: i64
    slots_shift: i64  # a state belongs at its tag shifted by so much
    aside: Array[i64] = array(ASIDE)  # the first slots, while the others are moved
    fresh_words: i32  # of rows in a new layout
    first_piece: Array[i32] = array(ROW_ENDS)  # of each of their words, in the tables that follow
    piece_word: Array[u8] = array(PARTS)  # from which word of a row
    piece_mask: Array[i64] = array(PARTS)  # which bits
    piece_right: Array[u8] = array(PARTS)  # shifted so
    piece_left: Array[u8] = array(PARTS)  # and then so
    next: i64  # the next state to expand
    level: i64
    level_end: i64
    pause: i64  # stop when `next` is this
    n_movers: i32
    mover: Array[i32] = array(MOVERS)  # kinds of moves, in the order in which they are tried: kind << 8 | who
    last_leaf: Array[i64] = array(MOVERS)  # of each, the leaf that was there last; see `memo`
    last_mask: Array[i64] = array(MOVER_ROWS)  # the bits of a row that it has looked at
    last_bits: Array[i64] = array(MOVER_ROWS)  # and the row in which they were as they are to be
    # CPUs that are alike, see `turned`: a turn is a way to call them, 0 the one that leaves all as it is
    n_turns: i32  # beside that; 0: no two CPUs are said to be alike
    turn: i32  # the one that led to the row in `other`
    to_part: Slice[i64]  # by turn * n_parts + part: which part it becomes
    from_part: Slice[i64]  # and which one becomes it
    image: Slice[i64]  # by turn * images_room + place of contents: the number of what they become, there
    images_room: i64
    imaged: i64  # contents of which that is known
    turned_row: Array[i64] = array(ROW)
    to_group: Slice[i64]  # by turn * GROUPS + group, 0 for turn 0
    from_group: Slice[i64]
    sum: i64  # of the hashes of successors
    n_hand: i32
    hand: Array[i64] = array(HAND_WORDS)  # rows of successors
    hand_hash: Array[i64] = array(HAND)
    hand_came: Array[i64] = array(HAND)
    asked: i64
    recent: Array[i64] = array(RECENT_WORDS)  # rows that have been successors lately, by their hashes
    # results
    edges: i64
    dead: i64
    first_dead: i64
    passes: i64  # findings of the machine, as bits, that nobody asked for: such a move leads nowhere
    cut_at: i32  # where the first such move broke a rule, plus one; 0: there was none
    wanted: i32
    fail_state: i64
    fail_move: i64
    fail_finding: i32  # the machine's Finding, 0 for a move without an end
    fail_pc: i32
    fail_ctx: i32
    fail_a: i64
    fail_b: i64
    # the move at hand
    n_dirty: i32
    dirty: Array[i32] = array(PARTS)
    is_dirty: Array[u8] = array(PARTS)
    wires: u8  # irqs and devices may have changed
    n_chosen: i32
    chosen: Array[i32] = array(FIRED)
    among: Array[i32] = array(FIRED)
    moves_made: i32
    progress: i64  # bit per group: whose contexts did something other than look again
    rounds: i64  # and who made a round
    last_read: i64  # the word that an instruction has read or written last
    brief: i64  # the groups for which to return is a round
    group: Array[u8] = array(CTXS)  # of each context: a thread, or what belongs to a CPU
    access: i64  # of the step's first instruction, if its word is not marked atomic, see `plain_access`
    about: Array[i64] = array(CPUS)  # what each CPU is about to access in the state at hand
    n_looked: i32
    looked: Array[i32] = array(PARTS)  # what the move has looked at: parts, and -1 - the number of a choice
    is_looked: Array[u8] = array(PARTS)
    # what has been seen of moves, see `memo`
    memo: Slice[i64]
    memo_used: i64
    memo_room: i64  # 0: every move is made by the machine
    memo_mask: i64
    memo_pairs: i64
    made: i64  # moves that the machine made
    strange: u8  # a move depended on something that it had not looked at: never
    beyond: u8  # a Beyond: what was seen from then on is not all there is
    # properties, see `judge`
    n_judges: i32
    judge_pc: Array[i32] = array(JUDGES)
    judge_link: Array[i16] = array(JUDGES)  # the register with the return address
    judge_cpu: Array[u8] = array(JUDGES)
    judge_argument: Array[i64] = array(JUDGES)
    judge_own: Array[u8] = array(JUDGES)  # 1: of what its CPU sees, whose stores may wait; 0: of what all see
    judge_open: Array[u8] = array(JUDGES)  # 1: only while its CPU admits interrupts
    judge_noted: Array[u8] = array(JUDGES)  # 1: the search notes the first that is broken, and goes on
    noted_judge: i32  # that first one, -1 none yet
    noted_state: i64
    judge_bad: Array[u8] = array(JUDGES)  # the Truth that is a finding, 0 neither is
    seen_by: Array[i64] = array(PARTS)  # bit per property, their numbers modulo 64, that has looked at a part
    sight: Array[i64] = array(SIGHT)  # for each such bit where in a row stands what they have looked at
    sight_of_all: Array[i64] = array(ROW)
    n_read: i32
    read_at: Array[i64] = array(READS)  # the addresses that the last one read
    fail_judge: i32  # -1: it was a move
    fail_race: i64  # the address of a word that two CPUs are about to access; 0: it was something else
    # the graph, once all states are known
    edge_from: Slice[i64]
    edge_to: Slice[i64]
    edge_who: Slice[i64]  # groups that made progress
    edge_round: Slice[i64]  # and those that made a round
    edge_move: Slice[i64]
    edge_turn: Slice[i64]  # if CPUs are alike: the turn that led to the state
    # and once they are asked for
    edge_mover: Slice[i64]  # whose move it is, see `movers`
    edge_worth: Slice[i64]  # see `standing`
    present: Slice[i64]  # per state: the groups that are there
    dozing: Slice[i64]  # and those that sleep for something that need not come
    flag: Slice[i64]
    lock_lines: Slice[i64]  # for every line at which a lock begins: the word that says who holds it
    status_offset: i64  # words from the beginning of a thread to its status
    wchan_after: i64  # and from there to what it sleeps on, its priority, its CPU
    prio_after: i64
    cpu_after: i64
    edges_room: i64
    n_edges: i64
    whole: u8  # the edges are those of all states, in the order of these, and not of one that was looked at since
    first_out: Slice[i64]  # and, once a cheapest way is asked for, the first edge of each
    first_in: Slice[i64]  # the edges by their ends: `into[first_in[state]]` and on are edges that lead there
    into: Slice[i64]
    mark: Slice[i64]  # per state
    wakes: Slice[i64]  # per state: who comes to be awake, of those that cannot come to make progress; see `can_wake`
    queue: Slice[i64]
    status_at: Array[i64] = array(GROUPS)  # the address of a thread's status, 0 for a group of a CPU
    device_of: Array[i16] = array(GROUPS)  # the device of a group, plus one; 0 for the others
    handler_at: Array[i64] = array(GROUPS)  # the flags of the handler of a device that goes last, 0 if none ever goes
    dev_group: Array[u8] = array(DEVS)  # the group of a device: it moves on when an item is taken
    waited: Array[i32] = array(DEVS)  # items that waited before the move at hand
    gone: Array[i64] = array(GROUPS)  # bit per status in which the thread is not there, or may have nothing to do
    rests_on: Array[i64] = array(GROUPS)  # it has, asleep on one of these two
    rests_too: Array[i64] = array(GROUPS)
    # the cheapest way, see `nodes`
    fates: Slice[i64]  # by node: a Fate, two bits
    fates_room: i64  # nodes
    ways: Slice[i64]  # two words each
    ways_room: i64
    n_ways: i64
    visits: i64  # nodes between two looks of the host
    halts: u8  # where the last cost begins, the host looks
    way: i64  # the one at hand
    last: i32  # and the CPU that moved last in it, plus one; 0: nobody has moved
    dear_at: i64  # the next of those of the present cost that were dearer than the way before them
    dear_end: i64
    free_at: i64  # the next of those that were not
    n_later: i64  # ways that cost one more
    near: u8  # what costs one more is not entered: it is more than `most_cost`
    n_past: i32  # moves of the state at hand that were left out for that
    past: u8  # one of them led to a state that was not known then
    alone: u8  # where memory ends: one way of the last cost after the other, and what lies behind it is forgotten
    first_dear: i64  # the first of those of the present cost
    kept: i64  # states of the costs before, which are not forgotten
    forgotten: i64  # how many have been
    goal: i64  # the groups that are to be stuck, as bits; 0: a move that breaks a rule
    goal_race: i64  # whether two CPUs are to be about to access one word, whichever
    goal_judge: i32  # a property that is to be what it is not to be; -1 none
    goal_first: i32  # how many groups there are: whatever shows in a state or a move is looked for. 0: see `goal`
    goal_still: u8  # standstills, too
    goal_way: i64  # the way that leads there, -1 none yet
    deferring: u8  # a move that breaks a rule is told once nothing is left that costs less
    late_way: i64  # one to a move that breaks a rule, and costs one more; -1 none yet
    goal_group: i32  # the one of them that is to be so in a certain way
    goal_how: u8  # a How
    sleeps: i64  # bit per status in which a thread sleeps
    cost: i64
    most_cost: i64
