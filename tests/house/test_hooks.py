"""The calls that go upward have one form (`core.hooks`): named after what they say, listened to, and kept by no module."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.hooks import Hook, list_hooks

pytestmark = pytest.mark.one_database

APP = Path(__file__).parents[2] / "app"
NAME = re.compile(r"(?P<feature>[a-z_]+)\.(?:on|provide)_[a-z]+(?:_[a-z]+)*")
SILENT: dict[str, str] = {}  # hooks to which nobody listens, and why they are there all the same
PROCESS_STATE = {  # what a process knows of its own moments; nothing of it says what the program consists of
    "core/connecting.py: _given_up": "until when a server that did not answer is not asked again",
    "core/connecting.py: _opened_once": "which database files were there once",
    "core/jobs/running.py: _held": "the jobs this process is at",
    "core/outages.py: _failed_at": "when what failed last",
    "core/outages.py: _open": "the outages that go on",
    "documents/rasterise.py: _kept": "the pages of the child process that draws one PDF",
}
FILLS = {"append", "add", "update", "extend", "setdefault", "insert", "appendleft"}


def test_every_hook_bears_the_name_of_its_constant_and_says_what_it_is(app: Flask) -> None:
    wrong = []
    for hook in list_hooks():
        named = NAME.fullmatch(hook.name)
        homes = [name for name, module in sys.modules.items() if vars(module).get(hook.name.partition(".")[2]) is hook]
        if not named or not any(home.startswith(f"app.{named['feature']}.") for home in homes):
            wrong.append(hook.name)
        if not hook.sentence.endswith("." if ".on_" in hook.name else "?"):
            wrong.append(f"{hook.name}: {hook.sentence}")

    assert wrong == []


def test_no_two_hooks_share_a_name(app: Flask) -> None:
    written = [name for path in sorted(APP.rglob("*.py")) for name in re.findall(r'Hook\(\s*"([\w.]+)"', path.read_text())]

    assert sorted(written) == [hook.name for hook in list_hooks()]


def test_every_hook_has_a_listener_or_a_reason_to_have_none(app: Flask) -> None:
    assert {hook.name for hook in list_hooks() if not hook.listeners()} == SILENT.keys()


def test_the_command_shows_them_without_a_database(app: Flask) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////nowhere/at-all.sqlite3"

    shown = app.test_cli_runner().invoke(args=["hooks"])

    assert shown.exit_code == 0
    assert "accounts.on_consent_withdrawn\n    A consent was withdrawn" in shown.output
    first, last = "app.credentials.wiring._end_with_consent", "app.mutual_aid.service.revoke_with_consent"
    assert 0 < shown.output.index(first) < shown.output.index(last), "in the order in which they are called"


def test_listeners_are_added_in_the_room_for_wiring() -> None:
    wrong = [
        f"{path.relative_to(APP)}:{number}"
        for path in sorted(APP.rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b(on|provide)_\w+\.listen\(", line) and path.name != "wiring.py"
    ]

    assert wrong == []


def _kept_by(tree: ast.Module) -> Iterator[str]:
    """Names at module level whose container some function of the module fills."""
    names = set()
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                filled: ast.expr | None = None
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FILLS:
                    filled = node.func.value
                elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                    filled = node.value
                if isinstance(filled, ast.Name) and filled.id in names:
                    yield filled.id


def test_no_module_keeps_a_registry() -> None:
    kept = {f"{path.relative_to(APP)}: {name}" for path in APP.rglob("*.py") for name in _kept_by(ast.parse(path.read_text()))}

    assert kept == PROCESS_STATE.keys()


@pytest.mark.parametrize(
    "source",
    [
        "_known = []\ndef register(it): _known.append(it)",
        "_known: dict[str, int] = {}\ndef register(it): _known[it] = 1",
        "_known: list[int] = []\ndef use(it): _known[:] = [it]",
        "_known = {}\nclass Kinds:\n    def add(self, it): _known.setdefault(it, [])",
    ],
)
def test_a_registry_would_be_found(source: str) -> None:
    assert list(_kept_by(ast.parse(source))) == ["_known"]


def test_a_hook_holds_no_listener_itself() -> None:
    assert vars(Hook("core.on_tried", "Tried.")).keys() == {"name", "sentence"}
