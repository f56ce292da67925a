"""Two level-triggered lines of one CPU, whose threads may be on two."""

from splx.scenario import *

nic = NIC("nic", Never())
audio = Audio("audio", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()


@thread(cpu=1)
def elsewhere() -> None:
    work(us(1))
