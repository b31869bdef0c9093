"""Threads that wait for one another's work: each gets its own result, and the next one works for all of them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.core.combining import Combiner


class Held:
    """Work that stops at its first call until it is let go."""

    def __init__(self, result_of: Callable[[int], int]) -> None:
        self.calls: list[list[int]] = []
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        self._result_of = result_of

    def __call__(self, tasks: Sequence[int]) -> list[int]:
        self.calls.append(list(tasks))
        self.has_begun.set()
        assert self.may_go_on.wait(30)
        return [self._result_of(task) for task in tasks]


def _while_one_works(
    held: Held, combiner: Combiner[int, int], tasks: list[int], pool: ThreadPoolExecutor
) -> list["Future[int | None]"]:
    """The first of the tasks is begun and held until all others wait in their order."""
    results = [pool.submit(combiner.result_of, tasks[0])]
    assert held.has_begun.wait(30)
    for number, task in enumerate(tasks[1:], start=1):
        results.append(pool.submit(combiner.result_of, task))
        while combiner.waiting < number:
            pass
    held.may_go_on.set()
    return results


def test_the_next_one_works_for_all_that_wait() -> None:
    held = Held(lambda task: task * 10)
    with ThreadPoolExecutor(4) as pool:
        results = _while_one_works(held, Combiner(held), [1, 2, 3, 4], pool)

        assert [result.result() for result in results] == [10, 20, 30, 40]

    assert held.calls == [[1], [2, 3, 4]]


def test_an_error_is_told_to_everybody_it_was_done_for_and_to_nobody_else() -> None:
    def fail_for_three(task: int) -> int:
        if task == 3:
            raise ValueError("three")
        return task

    held = Held(fail_for_three)
    combiner = Combiner(held)
    with ThreadPoolExecutor(3) as pool:
        first, *others = _while_one_works(held, combiner, [1, 2, 3], pool)

        assert first.result() == 1
        for other in others:
            with pytest.raises(ValueError, match="three"):
                other.result()
    assert combiner.result_of(4) == 4
