"""Work that threads of a process do for one another: whoever comes first does it for all that wait by then (flat combining)."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class _Waiting(Generic[Task, Result]):
    def __init__(self, task: Task) -> None:
        self.task = task
        self.is_taken = False
        self.result: Result | None = None
        self.error: Exception | None = None


class Combiner(Generic[Task, Result]):
    """work: is given the tasks that wait, in the order in which they came, by one thread at a time; one result for each of them."""

    def __init__(self, work: Callable[[Sequence[Task]], Sequence[Result | None]]) -> None:
        self._work = work
        self._working = threading.Lock()
        self._guard = threading.Lock()
        self._waiting: list[_Waiting[Task, Result]] = []

    @property
    def waiting(self) -> int:
        """How many tasks nobody has begun yet."""
        return len(self._waiting)

    def result_of(self, task: Task) -> Result | None:
        """Waits while another thread works. Raises what the work raised; then it was done for nobody."""
        mine: _Waiting[Task, Result] = _Waiting(task)
        with self._guard:
            self._waiting.append(mine)
        with self._working:
            if not mine.is_taken:
                self._do_all()
        if mine.error is not None:
            raise mine.error
        return mine.result

    def _do_all(self) -> None:
        with self._guard:
            all_waiting, self._waiting = self._waiting, []
        for each in all_waiting:
            each.is_taken = True
        try:
            results = self._work([each.task for each in all_waiting])
        except Exception as error:
            for each in all_waiting:
                each.error = error
        else:
            for each, result in zip(all_waiting, results, strict=True):
                each.result = result
