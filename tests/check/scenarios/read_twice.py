"""A reader that asks again while a writer waits until all readers are out."""

from splx.scenario import *

tree = RWLock("tree")


@thread(cpu=0)
def lookup() -> None:
    rw_enter(tree, RW_READER)
    rw_enter(tree, RW_READER)
    rw_exit(tree)
    rw_exit(tree)


@thread(cpu=1)
def insert() -> None:
    rw_enter(tree, RW_WRITER)
    rw_exit(tree)
