"""Two cards of one CPU, one above the other."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=1)
audio = Audio("audio", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()


@thread(cpu=0)
def user() -> None:
    work(us(1))
