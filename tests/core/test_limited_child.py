"""A file from a stranger is read in a process that has little time and memory, no secrets and nowhere to write."""

import json
import tempfile
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core import limited_child
from app.core.limited_child import Failed, Limits, TooHard, ask_child

LIMITS = Limits(seconds=1, megabytes=256, answer_megabytes=1)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.py"


def test_it_reads_the_file_from_its_beginning_and_says_what_it_found(script: Path) -> None:
    script.write_text("import sys; f = sys.stdin.buffer; f.seek(-3, 2); print(sys.argv[1:], f.read(), f.seek(0), f.read(2))")
    with tempfile.TemporaryFile() as file:
        file.write(b"sent by a stranger")

        said = [ask_child(script, ["a", "b"], source=source, limits=LIMITS) for source in (b"sent by a stranger", file)]

    assert said == [b"['a', 'b'] b'ger' 0 b'se'\n"] * 2


def test_it_knows_no_secret_and_writes_nowhere(monkeypatch: pytest.MonkeyPatch, script: Path, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_KEY", "a secret")
    script.write_text(
        "import json, os, sys\n"
        f"try: open({str(tmp_path / 'left')!r}, 'wb', 0).write(b'x'); can_write = True\n"
        "except OSError: can_write = False\n"
        "print(json.dumps([sorted(os.environ), can_write, 'flask' in sys.modules]))"
    )

    names, can_write, knows_the_app = json.loads(ask_child(script, source=b"", limits=LIMITS))

    assert "DATA_KEY" not in names
    assert (can_write, knows_the_app) == (False, False)


@pytest.mark.parametrize(
    "hostile",
    [
        "while True: pass",
        "x = bytearray(1 << 30)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import sys; sys.stdout.write('x' * (2 << 20))",
    ],
    ids=["never ends", "takes the memory", "breaks the decoder", "never stops talking"],
)
def test_what_takes_too_much_is_ended(script: Path, hostile: str) -> None:
    script.write_text(hostile)
    began = time.monotonic()

    with pytest.raises(TooHard):
        ask_child(script, source=b"", limits=LIMITS)

    assert time.monotonic() - began < LIMITS.seconds * 4 + 1


def test_what_only_waits_is_ended_too(monkeypatch: pytest.MonkeyPatch, script: Path) -> None:
    monkeypatch.setattr(limited_child, "WAIT_FACTOR", 1)
    script.write_text("import signal; signal.pause()")

    with pytest.raises(TooHard):
        ask_child(script, source=b"", limits=LIMITS)


def test_a_script_that_fails_is_no_answer_whatever_it_said_before(script: Path) -> None:
    script.write_text("print('half'); raise KeyError('Zhang San')")

    with capture_logs() as logged, pytest.raises(Failed):
        ask_child(script, source=b"", limits=LIMITS)

    (line,) = logged
    assert (line["event"], line["script"], line["error"]) == ("limited_child_failed", "script", "KeyError")
