"""A card that is polled, and a real-time thread that is above whatever is a thread."""

from splx.scenario import *

card = NIC("card", Periodic(us(100)), ring=64)


@poll(weight=8)
def card_poll(budget: int) -> int:
    done = 0
    while done < budget and card.pop() != 0:
        done += 1
    if done < budget and napi_complete(card_poll):
        card.enable()
    return done


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.disable()
    napi_schedule(card_poll)


@thread(priority=PRI_USER_RT + 40, cpu=0)
def above() -> None:
    while True:
        work(us(10))
