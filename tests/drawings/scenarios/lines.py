"""Two level-triggered lines, one above the other. The handler of the lower takes one item each time."""

from splx.scenario import *

nic = NIC("nic", Never())
audio = Audio("audio", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()


@thread(cpu=0)
def busy() -> None:
    work(us(1))
