"""A plugin of pytest that says of each failure whether a busy machine may have been the cause. Used by `tests.gate`.

It may for a browser test alone, when something it waited for did not come in time and no server failed meanwhile. A wrong value,
a fault of the server, an error while the test is set up or taken down are what they are. Works under xdist: what a test process
finds out travels with the report.
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from tests.engines.phone import WaitedInVain
from tests.kit import faults

_COUNTED = ("failed", "passed", "skipped", "xfailed", "xpassed", "error")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--outcome-file", default="", help="where to write counts and failures, for the gate")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--outcome-file") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Collector(Path(config.getoption("--outcome-file"))), "outcomes")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    faults.take()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report: Any = yield
    if report.failed and call.excinfo is not None:
        logged = [line for title, words in report.sections if title.startswith("Captured") for line in faults.log_faults(words)]
        report.server_faults = [*faults.take(), *logged]
        report.is_unmet_wait = call.when == "call" and _is_unmet_wait(call.excinfo)
    return report


def _is_unmet_wait(excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    """Playwright's TimeoutError, the AssertionError that its `expect` raises after waiting, or what a phone of ours raises."""
    kind = excinfo.type
    if issubclass(kind, WaitedInVain):
        return True
    if kind.__name__ == "TimeoutError" and kind.__module__.startswith("playwright."):
        return True
    raised_in = Path(excinfo.traceback[-1].path).as_posix()
    return issubclass(kind, AssertionError) and raised_in.endswith("playwright/_impl/_assertions.py")


class _Collector:
    """In the process that hears of all tests."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._failures: list[dict[str, Any]] = []
        self._started = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failures.append(
                {"test": report.nodeid, "while": report.when, "final": _why_final(report), "trace": _trace_of(report)}
            )

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        counts = {name: len(terminalreporter.stats.get(name, [])) for name in _COUNTED}
        outcome = {"counts": counts, "seconds": time.monotonic() - self._started, "failures": self._failures}
        self._file.write_text(json.dumps(outcome, ensure_ascii=False))


def _why_final(report: pytest.TestReport) -> str:
    """Why this failure is one, whatever a second run would show; empty when a second run may be asked."""
    if report.when != "call":
        return f"it failed in {report.when}"
    if "browser" not in report.keywords:
        return "it is no browser test"
    if found := getattr(report, "server_faults", []):
        return f"the server failed: {found[0]}"
    return "" if getattr(report, "is_unmet_wait", False) else "what it saw was wrong"


def _trace_of(report: pytest.TestReport) -> str:
    sections = [f"----- {title} -----\n{words}" for title, words in report.sections]
    return "\n".join([report.longreprtext, *sections])
