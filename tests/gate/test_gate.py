"""The gate on made-up tests: what is run again, what is not, and what it ends with."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import playwright._impl._assertions
import pytest
from playwright.sync_api import TimeoutError as WaitedInVain

REPOSITORY = Path(__file__).parents[2]
HEAD = """
import pytest
from pathlib import Path
from tests.kit import faults

class TimeoutError(Exception):  # Playwright's own takes long to import
    __module__ = "playwright._impl._errors"

def turn(name):
    file = Path(f"turns-{name}")
    file.write_text(file.read_text() + "." if file.exists() else ".")
    return len(file.read_text())
"""
IN_VAIN_ONCE = """
@pytest.mark.browser
def test_{0}():
    if turn("{0}") == 1:
        raise TimeoutError("waited for a button")
"""


@dataclass
class Ended:
    status: int
    lines: list[str]
    flaky: list[Any]
    folder: Path

    def turns(self, name: str) -> int:
        return len((self.folder / f"turns-{name}").read_text())


class Gate:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\naddopts = -q -n 0 -p xdist.plugin\n")

    def judge(self, tests: str, *arguments: str, by: str = "tests.gate") -> Ended:
        (self._folder / "test_made_up.py").write_text(HEAD + tests)
        ended = subprocess.run(
            [sys.executable, "-m", by, "-p", "no:cacheprovider", *arguments],
            cwd=self._folder,
            env={"PYTHONPATH": str(REPOSITORY), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        file = self._folder / "instance/flaky.json"
        told = json.loads(file.read_text()) if file.exists() else []
        return Ended(ended.returncode, (ended.stdout + ended.stderr).rstrip().splitlines(), told, self._folder)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_what_passes_alone_is_flaky_and_named(gate: Gate) -> None:
    ended = gate.judge(IN_VAIN_ONCE.format("late") + "def test_other():\n    turn('other')\n")

    assert ended.status == 0, ended.lines
    assert (ended.turns("late"), ended.turns("other")) == (2, 1)
    assert [found["test"] for found in ended.flaky] == ["test_made_up.py::test_late"]
    assert "waited for a button" in ended.flaky[0]["trace"]
    assert "FLAKY test_made_up.py::test_late" in ended.lines
    assert ended.lines[-1].startswith("2 passed, 1 flaky in ")


def test_it_is_so_with_several_test_processes(gate: Gate) -> None:
    ended = gate.judge(IN_VAIN_ONCE.format("late") + "def test_other():\n    pass\n", "-n", "2")

    assert ended.status == 0, ended.lines
    assert len(ended.flaky) == 1


def test_what_waits_in_vain_three_times_fails(gate: Gate) -> None:
    ended = gate.judge(IN_VAIN_ONCE.format("never").replace("== 1", "> 0"))

    assert ended.status == 1
    assert ended.turns("never") == 3
    assert ended.flaky == []
    assert ended.lines[-1].startswith("1 failed in ")


def test_an_expectation_of_playwright_is_a_wait(gate: Gate) -> None:
    asserted = "raise AssertionError('Locator expected to be visible')"
    module = "playwright/_impl/_assertions.py"

    ended = gate.judge(f"""
def expect():
    exec(compile("{asserted.replace('"', "'")}", "/somewhere/{module}", "exec"))

@pytest.mark.browser
def test_late():
    if turn("late") == 1:
        expect()
""")

    assert ended.status == 0, ended.lines
    assert len(ended.flaky) == 1


def test_playwright_names_them_so() -> None:
    assert (WaitedInVain.__module__, WaitedInVain.__name__) == ("playwright._impl._errors", "TimeoutError")
    assert str(playwright._impl._assertions.__file__).endswith("playwright/_impl/_assertions.py")


FINAL = {
    "wrong": "@pytest.mark.browser\ndef test_wrong():\n    assert turn('wrong') > 1\n",
    "no browser": "def test_wrong():\n    if turn('wrong') == 1:\n        raise TimeoutError('slow')\n",
    "server fault": IN_VAIN_ONCE.format("wrong").replace("raise", "faults.note_answer('/code', 503)\n        raise"),
    "logged fault": IN_VAIN_ONCE.format("wrong").replace("raise", """print('{"event": "unexpected"}')\n        raise"""),
    "set-up": """
@pytest.fixture
def page():
    if turn("wrong") == 1:
        raise TimeoutError("slow")

@pytest.mark.browser
def test_wrong(page):
    pass
""",
}


@pytest.mark.parametrize("tests", FINAL.values(), ids=FINAL)
def test_every_other_failure_is_final(gate: Gate, tests: str) -> None:
    ended = gate.judge(tests + IN_VAIN_ONCE.format("late"))

    assert ended.status == 1
    assert (ended.turns("wrong"), ended.turns("late")) == (1, 1)
    assert "2 failed" in ended.lines[-1] or "1 failed, 1 error" in ended.lines[-1]


def test_a_wrong_value_in_the_second_run_is_final(gate: Gate) -> None:
    ended = gate.judge("""
@pytest.mark.browser
def test_wrong():
    number = turn("wrong")
    if number == 1:
        raise TimeoutError("slow")
    assert number == 3
""")

    assert ended.status == 1
    assert ended.turns("wrong") == 2


def test_more_than_three_flaky_ones_fail(gate: Gate) -> None:
    three = gate.judge("".join(IN_VAIN_ONCE.format(name) for name in ("a", "b", "c")))
    four = gate.judge("".join(IN_VAIN_ONCE.format(name) for name in ("e", "f", "g", "h")))

    assert (three.status, len(three.flaky)) == (0, 3)
    assert (four.status, four.flaky) == (1, [])
    assert four.lines[-1].startswith("4 failed in ")


@pytest.mark.parametrize(
    ("tests", "arguments", "status"),
    [
        ("def test_fine():\n    pass\n", [], 0),
        ("import nothing_of_this_name\n", [], 2),
        ("def test_stopped():\n    pytest.exit('stop', returncode=2)\n", [], 2),
        ("def test_fine():\n    pass\n", ["--no-such-option"], 4),
        ("", [], 5),
    ],
    ids=["passed", "broken file", "interrupted", "usage", "no test"],
)
def test_it_ends_as_pytest_does(gate: Gate, tests: str, arguments: list[str], status: int) -> None:
    assert gate.judge(tests, *arguments).status == status


def test_an_error_within_pytest_is_its_own_code(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("def pytest_runtest_protocol(item):\n    raise RuntimeError('broken plugin')\n")

    assert gate.judge("def test_fine():\n    pass\n").status == 3


def test_the_slowest_are_printed(gate: Gate) -> None:
    ended = gate.judge("def test_fine():\n    pass\n", "-vv")

    assert any("slowest" in line for line in ended.lines)


def test_steady_names_what_waited_in_vain_in_any_of_its_runs(gate: Gate) -> None:
    others = "@pytest.mark.browser\ndef test_good():\n    turn('good')\n\ndef test_other():\n    turn('other')\n"

    ended = gate.judge(IN_VAIN_ONCE.format("late") + others, "--times", "2", "--busy-loops", "0", "-n", "0", by="tests.gate.steady")

    assert ended.status == 1, ended.lines
    assert (ended.turns("late"), ended.turns("good")) == (2, 2)
    assert not (ended.folder / "turns-other").exists(), "what has no browser is not run"
    assert ended.lines[-2:] == ["test_made_up.py::test_late: 1 of 2: it waited in vain", "failed in 2 runs: 1"]


def test_steady_ends_well_when_every_run_did(gate: Gate) -> None:
    ended = gate.judge(
        "@pytest.mark.browser\ndef test_good():\n    turn('good')\n",
        "--times",
        "2",
        "--busy-loops",
        "0",
        "-n",
        "0",
        by="tests.gate.steady",
    )

    assert ended.status == 0, ended.lines
    assert ended.lines[-1] == "failed in 2 runs: 0"
