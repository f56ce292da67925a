"""What symmetry would be worth over a kernel, counted from outside."""

from bench.orbits import _join, orbits


def test_of_two_threads_that_are_alike_all_but_the_states_that_are_their_own_mirror_are_one_of_two():
    found = orbits("textbook", 2, 1)
    mirrors = 2 * found.classes - found.states
    assert found.there == 1
    assert 0 < mirrors < found.states // 50


def test_classes_are_joined_by_their_least():
    class_of = list(range(5))
    for one, other in ((3, 4), (1, 3), (4, 1)):
        _join(class_of, one, other)
    assert [k for k in range(5) if class_of[k] == k] == [0, 1, 2]
