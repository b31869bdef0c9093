"""The other engines: who has one is a browser test, what is waited for in vain may be run again, and the matrix is kept."""

import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.engines.cable import Cable
from tests.engines.engine import EngineError
from tests.engines.engines import ENGINES, IN_THE_GATE, LIMITS
from tests.engines.journeys import JOURNEYS
from tests.engines.matrix import DOCUMENT, as_table, read_columns, with_table
from tests.engines.phone import Phone, WaitedInVain
from tests.engines.processes import Program
from tests.engines.walking import Journey, Walk, walk_all
from tests.kit.flakes import _is_unmet_wait
from tests.kit.ports import free_port

ROOT = Path(__file__).parents[2]
NAMES = [journey.name for journey in JOURNEYS]


def test_the_document_holds_every_engine_and_every_journey() -> None:
    document = DOCUMENT.read_text()

    assert [name for name in ENGINES if f"| {name}" not in document] == []
    assert [name for name in NAMES if f"\n| {name} |" not in document] == []


def test_a_limit_names_an_engine_and_a_journey_that_there_are() -> None:
    assert {*LIMITS, *IN_THE_GATE} <= set(ENGINES)
    assert {journey for limits in LIMITS.values() for journey in limits} <= set(NAMES)


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "One.json").write_text(json.dumps({"version": "9.1", "journeys": {"lock": "ok", "renew": "**fails**: a | b"}}))
    document = "words\n<!-- The table is written by `make engines`. -->\nold\n<!-- To here. -->\nmore\n"

    table = as_table(read_columns(tmp_path, ["One", "Two"]), ["lock", "renew"])
    written = with_table(document, table)

    assert table.split("\n")[0] == "| journey | One (9.1) | Two |"
    assert "| renew | **fails**: a \\| b | not walked |" in table
    assert written == document.replace("old", table)
    assert with_table(written, table) == written


class _Quiet:
    """An engine that has seen nothing wrong."""

    def __init__(self, said: list[str]) -> None:
        self.said = said

    def complaints(self) -> list[str]:
        said, self.said = self.said, []
        return said


def _fails(walk: Walk) -> None:
    raise EngineError("no window")


def test_a_walk_goes_on_after_a_failure_but_not_without_what_all_need() -> None:
    engine: Any = _Quiet([])
    nobody: Any = None

    def speaks(_walk: Walk) -> None:
        engine.said = ["TypeError: x"]

    walk = Walk(Phone(engine, ""), nobody, nobody, Path(), 6, 1)
    fine = Journey("fine", lambda walk: "by hand")

    some = walk_all(walk, [Journey("odd", speaks, is_needed=True), Journey("bad", _fails), fine, fine], {})
    none = walk_all(walk, [Journey("bad", _fails, is_needed=True), fine, Journey("left out", _fails)], {"left out": "no worker"})

    assert [result.words for result in some] == [
        "**ok, but scripts fail**: TypeError: x",
        "**fails**: no window",
        "ok, by hand",
        "ok, by hand",
    ]
    assert [bool(result.error) for result in some] == [True, True, False, False]
    assert [result.words for result in none] == ["**fails**: no window", "not reached: bad failed", "no worker"]


def test_what_a_phone_waits_for_in_vain_may_be_run_again() -> None:
    def caught(error: Exception) -> pytest.ExceptionInfo[BaseException]:
        try:
            raise error
        except Exception:
            return pytest.ExceptionInfo.from_current()

    assert _is_unmet_wait(caught(WaitedInVain("the code")))
    assert not _is_unmet_wait(caught(EngineError("no window")))
    assert not _is_unmet_wait(caught(AssertionError("1 is not 2")))


def test_a_pulled_cable_refuses_and_a_plugged_one_carries_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, Cable(server.getsockname()[1], free_port()) as cable:
        near = socket.create_connection(("127.0.0.1", cable.port))
        far, _address = server.accept()
        with closing(near), closing(far):
            near.sendall(b"asked")
            assert far.recv(9) == b"asked"
            cable.pull()
            assert (near.recv(9), far.recv(9)) == (b"", b"")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", cable.port))
        cable.plug_in()
        again = socket.create_connection(("127.0.0.1", cable.port))
        other, _address = server.accept()
        with closing(again), closing(other):
            again.sendall(b"again")
            assert other.recv(9) == b"again"


def test_a_program_is_stopped_with_all_that_it_has_started() -> None:
    child = "import subprocess, sys; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); p.wait()"
    program = Program([sys.executable, "-c", child])
    told = program.wait_for(lambda: program.log_text().strip() or None, "its child")

    program.stop()

    end = time.monotonic() + 10
    while _is_running(told) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _is_running(told)
    assert not program.folder.exists()


def test_a_program_ends_with_the_test_process_that_was_killed() -> None:
    start = "from tests.engines.processes import Program; import time"
    script = f"{start}; print(Program(['sleep', '600'])._process.pid, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        told = process.stdout.readline().strip()
        assert _is_running(told)

        process.kill()

    end = time.monotonic() + 10
    while _is_running(told) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _is_running(told)


def _is_running(process_id: str) -> bool:
    """A zombie that its new parent has not yet taken is none."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", process_id], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")
