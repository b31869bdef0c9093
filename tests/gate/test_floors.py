"""How much of the program the tests take: noted while they run, and judged."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gate.branches import FOLDER, read_seen
from tests.gate.floors import APP, EXCUSED, Part, judge, parts_of, table

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
def choose(number):
    if number > 1:
        return "many"
    if number:
        number += 1
    return "few"
"""


@pytest.fixture
def seen(tmp_path: Path) -> dict[str, Any]:
    """What two processes of pytest noted of a small app, each with another test."""
    (tmp_path / "app/shop").mkdir(parents=True)
    for name, text in {
        "__init__": "",
        "shop/__init__": "",
        "shop/service": PROGRAM,
        "shop/unseen": "def f():\n    return 1\n",
    }.items():
        (tmp_path / f"app/{name}.py").write_text(text)
    for number in (0, 3):
        (tmp_path / f"test_{number}.py").write_text(
            f"import sys\nsys.path.insert(0, '.')\nfrom app.shop.service import choose\ndef test_it():\n    choose({number})\n"
        )
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p xdist.plugin -p tests.gate.branches -n 2\n")
    (tmp_path / "seen").mkdir()
    environ = {"PYTHONPATH": str(REPOSITORY), "PATH": "", FOLDER: str(tmp_path / "seen"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return read_seen(tmp_path / "seen")


def test_what_several_processes_took_is_put_together(seen: dict[str, Any], tmp_path: Path) -> None:
    parts = {part.name: part for part in parts_of(seen, tmp_path / "app")}

    service = parts["app/shop/service.py"]
    assert (service.taken, service.all, service.left_out) == (8, 10, "6")
    assert str(parts["app/shop/unseen.py"]) == "  0.0 %  app/shop/unseen.py: all of it"
    assert {name for name, part in parts.items() if part.percent < 100} == {"app/shop/service.py", "app/shop/unseen.py"}


def part(name: str, taken: int, of: int = 100) -> Part:
    return Part(name, taken, of, "7")


def test_each_floor_that_is_not_reached_is_a_sentence() -> None:
    parts = [part("app/a/service/x.py", 94), part("app/a/policy.py", 10, 12), part("app/a/routes.py", 70), part("app/b.py", 60)]

    assert judge(parts, {}) == [
        "Of app/ 75.0 % is taken, and 90 % must be.",
        " 94.0 %  app/a/service/x.py: 7: under 95 %",
    ]
    assert judge([part("app/a/service.py", 95), part("app/a/routes.py", 86)], {}) == []


def test_an_excuse_that_is_not_needed_is_a_fault() -> None:
    excused = {"app/a/service/x.py": "why", "app/a/service/y.py": "why"}

    assert judge([part("app/a/service/x.py", 7, 10), part("app/a/service/y.py", 99)], excused) == [
        "app/a/service/y.py needs no excuse any more"
    ]


def test_nothing_measured_is_no_pass() -> None:
    assert judge(parts_of({}, APP), {})[0] == "Of app/ 0.0 % is taken, and 90 % must be."


def test_the_table_shows_the_sums_and_what_leaves_most_out() -> None:
    lines = table([part("app/a/service.py", 90), part("app/a/routes.py", 50), part("app/b.py", 100)])

    assert lines[:3] == [" 80.0 %  all of app/", " 90.0 %  its services and policies", ""]
    assert lines[3] == " 50.0 %  app/a/routes.py: 7"


def test_who_is_excused_is_there() -> None:
    assert [name for name in EXCUSED if not (REPOSITORY / name).is_file()] == []
