"""A spin mutex at IPL_VM, and above it interrupts that take another one."""

from splx.scenario import *

m = Mutex("m", IPL_VM)
n = Mutex("n", IPL_AUDIO)
audio = Audio("audio", Poisson(ms(1)))


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()
    mutex_enter(n)
    mutex_exit(n)


@thread(cpu=0)
def section() -> None:
    mutex_enter(m)
    mutex_exit(m)
