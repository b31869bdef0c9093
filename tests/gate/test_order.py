"""The order of the tests, the database each of them has, and who is a browser test."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.choosing import KINDS, chosen_kind
from tests.kit.shuffling import shuffled

TESTS = Path(__file__).parents[1]
OF_BOTH = re.compile(r"service|races|database|backup|audit|rules|policy|jobs|transaction")
NAMES = [f"tests/{module}.py::test_{n}[{kind}]" for module in ("a", "journeys/b", "c") for kind in KINDS for n in range(4)]


def test_one_seed_is_one_order_and_another_is_another() -> None:
    orders = {seed: shuffled(NAMES, seed) for seed in range(5)}

    assert all(sorted(order) == sorted(NAMES) for order in orders.values())
    assert orders[3] == shuffled(NAMES, 3)
    assert len({tuple(order) for order in orders.values()}) == 5


@pytest.mark.parametrize("seed", range(5))
def test_modules_stay_whole_and_the_long_ones_come_first(seed: int) -> None:
    order = shuffled(NAMES, seed)

    modules = [name.partition("::")[0] for name in order]
    assert modules == sorted(modules, key=modules.index)
    assert modules[0] == "tests/journeys/b.py"
    kinds = [name.partition("[")[2] for name in order[:8]]
    assert kinds == sorted(kinds, key=kinds.index), "tests that share a server follow each other"


def test_all_test_processes_shuffle_alike(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.kit.shuffling"]\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p xdist.plugin\n")
    for name in "abc":
        (tmp_path / f"test_{name}.py").write_text("".join(f"def test_{n}():\n    pass\n" for n in range(9)))
    environ = {"PYTHONPATH": str(TESTS.parent), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    def run(*options: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", *options]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False).stdout

    assert "27 passed" in run("-n", "2")


def test_half_of_the_pages_run_on_either_database() -> None:
    chosen = [chosen_kind(f"tests/home/test_routes.py::test_{n}") for n in range(400)]

    assert 150 < chosen.count("sqlite") < 250


def test_rules_and_races_run_on_both_databases() -> None:
    marked = [path for path in TESTS.rglob("test_*.py") if "mark.one_database" in path.read_text() and path.parent.name != "gate"]

    assert marked
    assert [str(path) for path in marked if OF_BOTH.search(path.stem)] == []


def test_nobody_marks_browser_tests_by_hand() -> None:
    """The fixture says it; one that starts a browser in another way would never be run again, and never be made steady."""
    by_hand = [str(path) for path in TESTS.rglob("*.py") if "mark.browser" in path.read_text() and path.parent.name != "gate"]
    launching = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", getattr(node, "attr", "")) == "sync_playwright"
    ]

    assert by_hand == []
    assert set(launching) == {"kit/chromium.py"}


def test_who_has_chromium_is_a_browser_test(request: pytest.FixtureRequest) -> None:
    items = request.session.items

    with_chromium = [item for item in items if "chromium" in getattr(item, "fixturenames", ())]
    assert all(item.get_closest_marker("browser") for item in with_chromium)
