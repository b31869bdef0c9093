"""A plugin of pytest that notes which lines and branches of app/ the tests take. Used by `tests.gate`; `floors` judges the figures.

SlipCover writes its notes into the program as it is loaded, and takes them out again once they were made, so that a tenth of the
time is lost and every test can be measured, those with a browser too. coverage.py's tracer, on Python 3.11, twice the time.
Programs that a test starts are not measured: a server under gunicorn, the child that reads a workbook.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage

FOLDER = "PZ_BRANCHES"  # where each test process leaves what it has seen; those of xdist inherit it

_seen: Any = Slipcover(branch=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before anything of app/ is imported, which takes five seconds more."""
    if _runs_tests():
        ImportManager(_seen, FileMatcher(sources=["app"])).__enter__()


def pytest_unconfigure() -> None:
    if _runs_tests():
        Path(os.environ[FOLDER], f"{os.getpid()}.json").write_text(json.dumps(_seen.get_coverage()))


def _runs_tests() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def read_seen(folder: Path) -> dict[str, Any]:
    """Path of a module, such as `app/core/db.py` -> its lines and branches, executed and missing."""
    together: dict[str, Any] = {}
    for file in sorted(folder.glob("*.json")):
        seen = json.loads(file.read_text())
        together = merge_coverage(together, seen) if together else seen
    return dict(together.get("files", {}))
