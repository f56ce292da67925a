"""E1: receive livelock: a CPU that does nothing but take packets in, to drop them.

Taking a packet in costs 4 us, one comes every 5 us, and what is left is not enough for `reader`, for whom they are.
The queue before it fills, and each packet that is dropped there has cost its 4 us. The knob: POLLS=0, each packet
interrupts; POLLS=1, the card is quiet while it is polled, at most 8 packets at a time, and while the queue is full:
then packets are lost in the card, at no cost. The rule is the card's deadline: what was taken in is read within 2 ms.

A search shows neither: that packets come for ever is not taken for granted there, and so it is no mistake that a thread
waits while they come.

Source: J. C. Mogul, K. K. Ramakrishnan, "Eliminating receive livelock in an interrupt-driven kernel", 1996.
"""

from splx.scenario import *

POLLS = Param("POLLS", 1)
card = NIC("card", Periodic(us(5)), ring=32, deadline=ms(2))
QUEUE = 32


class Socket(Struct):
    head: i64 = guarded_by("lock")
    tail: i64 = guarded_by("lock")
    shut: i64 = guarded_by("lock")  # nobody polls: the queue is full
    item: Array[i64] = array(QUEUE, guarded_by("lock"))


socket = Socket()
lock = Mutex("lock", IPL_NET)
more = Condvar("more")


def take(item: int) -> None:
    work(us(4))
    with lock:
        if socket.tail - socket.head < QUEUE:
            socket.item[socket.tail % QUEUE] = item
            socket.tail += 1
            cv_signal(more)


def full() -> bool:
    with lock:
        socket.shut = int(socket.tail - socket.head == QUEUE)
        return socket.shut != 0


@poll(weight=8)
def card_poll(budget: int) -> int:
    n = 0
    shut = full()
    while n < budget and not shut:
        item = card.pop()
        if item == 0:
            break
        take(item)
        n += 1
        shut = full()
    if n < budget and napi_complete(card_poll) and not shut:
        card.enable()
    return n


@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    if POLLS == 1:
        card.disable()
        napi_schedule(card_poll)
    else:
        item = card.pop()
        while item != 0:
            take(item)
            item = card.pop()


@thread(priority=PRI_USER_RT, cpu=0)
def reader() -> None:
    while True:
        with lock:
            while socket.head == socket.tail:
                cv_wait(more, lock)
            item = socket.item[socket.head % QUEUE]
            socket.head += 1
            again = socket.shut != 0 and socket.tail - socket.head < QUEUE // 2
            if again:
                socket.shut = 0
        if again:
            napi_schedule(card_poll)
        work(us(10))
        card.done(item)
