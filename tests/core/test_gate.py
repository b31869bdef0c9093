"""A server does one piece of heavy work at a time, and few threads stand before it."""

import threading

import pytest
from flask import Flask

from app.core.gate import Busy, Gate


def pass_in_a_thread(app: Flask, gate: Gate, whose: object, came: list[object], leave: threading.Event) -> threading.Thread:
    inside = threading.Event()

    def run() -> None:
        with app.app_context(), gate.passed(whose):
            came.append(whose)
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=run)
    thread.start()
    assert inside.wait(30)
    return thread


@pytest.mark.one_database
def test_nobody_else_passes_while_one_is_inside_and_the_next_does_after(app: Flask) -> None:
    gate, another_process, came, leave = Gate("tried", 0.1), Gate("tried", 0.1), [], threading.Event()
    thread = pass_in_a_thread(app, gate, "Zhang", came, leave)

    for blocked, whose in [(gate, "Zhang"), (gate, "Li"), (another_process, "Li")]:
        with pytest.raises(Busy), blocked.passed(whose):
            came.append(whose)
    leave.set()
    thread.join()
    with gate.passed("Li"):
        came.append("Li")

    assert came == ["Zhang", "Li"]


@pytest.mark.one_database
def test_half_of_the_threads_never_stand_before_it(app: Flask) -> None:
    object.__setattr__(app.config["SETTINGS"], "web_threads", 4)
    gate, came, leave = Gate("tried", 20), [], threading.Event()
    thread = pass_in_a_thread(app, gate, "Zhang", came, leave)
    waiting = threading.Thread(target=lambda: _pass(app, gate, "Li", came))
    waiting.start()
    while len(gate._inside) < 2:
        pass

    with pytest.raises(Busy), gate.passed("Wang"):
        came.append("Wang")
    leave.set()
    thread.join()
    waiting.join()

    assert came == ["Zhang", "Li"]


def _pass(app: Flask, gate: Gate, whose: object, came: list[object]) -> None:
    with app.app_context(), gate.passed(whose):
        came.append(whose)
