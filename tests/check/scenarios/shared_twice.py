"""A reader of one CPU that gives way to a writer before it asks again."""

from splx.scenario import *

tree = RWLock("tree")


@thread(cpu=0)
def lookup() -> None:
    rw_enter(tree, RW_READER)
    yield_()
    rw_enter(tree, RW_READER)


@thread(cpu=0)
def insert() -> None:
    rw_enter(tree, RW_WRITER)
