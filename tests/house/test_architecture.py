"""The house as docs/architecture.md describes it, read from the code."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
FEATURES = [p.name for p in APP.iterdir() if p.is_dir() and (p / "__init__.py").exists() and p.name != "core"]
CLOSED_ROOMS = {"routes", "forms", "commands", "wiring"}
MAX_LINES = 250


@cache
def _modules() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text())) for path in sorted(APP.rglob("*.py"))]


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def _room(path: Path) -> tuple[str, str]:
    """(feature, room) of a module; core's parts count as rooms of core."""
    parts = path.relative_to(APP).with_suffix("").parts
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


def test_doors_open_downward_only() -> None:
    ended = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout


def test_services_and_reads_do_not_know_the_request() -> None:
    wrong = []
    for path, tree in _modules():
        if _room(path)[1] in {"service", "queries", "models", "policy"}:
            names = {name for module, name in _imports(tree) if module == "flask"}
            allowed = {"url_for", "current_app", "redirect"} if _room(path)[1] == "policy" else {"current_app"}
            if _room(path)[1] == "policy":
                allowed |= {"request"}  # a rule asks which page is wanted, never the body
            wrong += [f"{path.relative_to(ROOT)}: {n}" for n in names - allowed]

    assert wrong == []


def test_routes_hold_no_query_and_no_commit() -> None:
    wrong = []
    for path, tree in _modules():
        if _room(path)[1] in {"routes", "forms"} and _room(path)[0] != "core":
            taken = [
                f"{m}.{n}"
                for m, n in _imports(tree)
                if (m.startswith("sqlalchemy") and m != "sqlalchemy.exc") or (m == "app.core.db" and n == "db")
            ]
            wrong += [f"{path.relative_to(ROOT)}: {t}" for t in taken]

    assert wrong == []


def test_only_the_open_rooms_of_another_feature_are_entered() -> None:
    wrong = []
    for path, tree in _modules():
        feature = _room(path)[0]
        for module, _name in _imports(tree):
            parts = module.split(".")
            if parts[0] == "app" and len(parts) > 2 and parts[1] in FEATURES and parts[1] != feature and parts[2] in CLOSED_ROOMS:
                wrong.append(f"{path.relative_to(ROOT)} enters {module}")

    assert wrong == []


def test_nobody_commits_but_the_transaction() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in _modules()
        if path.relative_to(APP).as_posix() != "core/db.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "session" in ast.unparse(node.func.value)
    ]

    assert wrong == []


def test_there_is_one_clock() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in _modules()
        if path.relative_to(APP).as_posix() not in {"core/clock.py", "core/ids.py"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"datetime.now", "datetime.utcnow", "date.today"}
    ]

    assert wrong == []


def test_no_import_hides_in_a_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert wrong == []


def test_every_file_is_small_enough_to_have_one_reason() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): sum(bool(line.strip()) for line in path.read_text().splitlines())
        for path in APP.rglob("*.py")
    }

    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def _without_facade(path: Path) -> str:
    """The text of a module; of a feature's `__init__.py` without what it only hands on."""
    if path.name != "__init__.py" or not path.is_relative_to(APP):
        return path.read_text()
    handed_on = (ast.Import, ast.ImportFrom)
    return "\n".join(ast.unparse(node) for node in ast.parse(path.read_text()).body if not isinstance(node, handed_on))


def test_every_public_name_is_used_somewhere() -> None:
    """A function nobody calls is deleted, not kept. To be handed on by a facade is no use."""
    texts = [_without_facade(p) for folder in ("app", "tests", "bench", "migrations") for p in (ROOT / folder).rglob("*.py")]
    texts += [p.read_text() for p in (ROOT / "app/templates").rglob("*.html")]
    said = Counter(word for text in texts for word in re.findall(r"\w+", text))
    unused = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, tree in _modules()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and said[node.name] < 2
    ]

    assert unused == []


def test_no_module_lists_its_names_once_more() -> None:
    """`from x import y as y` hands y on."""
    wrong = [path.relative_to(ROOT).as_posix() for path, tree in _modules() if "__all__" in _names_written(tree)]

    assert wrong == []


def _names_written(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_nothing_is_left_for_later() -> None:
    marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    wanted = [part for mark in marks for part in ("-e", mark)]
    left = subprocess.run(["git", "grep", "-nI", *wanted, "--", "app", "tests", "bench"], cwd=ROOT, capture_output=True, text=True)

    assert left.returncode == 1, left.stdout + left.stderr  # 1: nothing found; 0: found; more: could not look


def test_no_address_of_a_registry_is_in_a_lock_file() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "tests/package-lock.json"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
