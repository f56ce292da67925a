"""A section at IPL_VM, a line below it and one above it."""

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
def section() -> None:
    s = splvm()
    work(us(1))
    splx(s)
