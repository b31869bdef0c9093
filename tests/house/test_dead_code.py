"""What nobody calls is not kept: functions, classes and imports of the program, and the names that a feature shows to others.

Tests do not count as callers. vulture goes by names, so what it finds is dead, and some of the dead it does not find.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from vulture import Vulture

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
STARTS = [ROOT / "wsgi.py", ROOT / "gunicorn.conf.py", ROOT / "migrations/env.py"]
KINDS = {
    "class",
    "function",
    "method",
    "property",
    "import",
    "unreachable_code",
}  # the rest is data
CALLED_BY_FLASK = (
    *("@*.get", "@*.post", "@*.patch", "@*.delete", "@*.command", "@*.errorhandler", "@*.record", "@*.record_once"),
    *("@*.app_template_global", "@*.app_template_filter", "@*.url_value_preprocessor"),
)
ALIVE = {
    "Future": "stands in an annotation that is written as text",
    "ReadableBuffer": "stands in an annotation that is written as text",
    "WriteableBuffer": "stands in an annotation that is written as text",
    "Meta": "WTForms reads it",
    "pre_validate": "WTForms calls it",
    "process_data": "WTForms calls it",
    "validate_*": "WTForms calls it for the field of that name",
    "get_id": "Flask-Login calls it",
    "log_exception": "Flask calls it",
    "get_translations": "Flask-Babel calls it",
    "domain_instance": "Flask-Babel reads it",
    "process_bind_param": "SQLAlchemy calls it",
    "process_result_value": "SQLAlchemy calls it",
    "validateLink": "markdown-it calls it",
    "readable": "of a file: io calls it",
    "writable": "of a file: io calls it",
    "seekable": "of a file: io calls it",
    "readinto": "of a file: io calls it",
    "gettimeout": "of a socket: ssl and gunicorn call it",
    "__call__": "of a protocol: says what plug-ins are called with",
    "WholeRequestWorker": "gunicorn loads it by its name",
    "check_config": "gunicorn calls it",
    "post_worker_init": "gunicorn calls it",
    "worker_exit": "gunicorn calls it",
    "list_*_faults": "tests of other people's plug-ins call it",
}


def list_unused(paths: list[Path], known: tuple[str, ...] = (), spoken: frozenset[str] = frozenset()) -> list[str]:
    """`kind name` of what no code in paths uses and no template speaks of."""
    search = Vulture(ignore_names=known, ignore_decorators=CALLED_BY_FLASK)
    search.scavenge([str(path) for path in paths])
    found = [item for item in search.get_unused_code() if item.typ in KINDS and item.name not in spoken]
    return [f"{item.typ} {item.name}" for item in found]


def words_of_templates() -> frozenset[str]:
    return frozenset(word for page in (APP / "templates").rglob("*.*") for word in re.findall(r"\w+", page.read_text()))


def test_whatever_is_written_is_used() -> None:
    assert list_unused([*APP.rglob("*.py"), *STARTS], tuple(ALIVE), words_of_templates()) == []


def test_what_is_said_to_be_alive_would_else_be_found() -> None:
    found = {line.split()[1] for line in list_unused([*APP.rglob("*.py"), *STARTS], (), words_of_templates())}

    assert {name for name in ALIVE if "*" not in name} <= found
    assert any(name.startswith("validate_") for name in found)


@pytest.mark.parametrize("source", ["import re", "def run(): pass", "class Job:\n    def run(self): pass\nprint(Job)"])
def test_dead_code_would_be_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "module.py").write_text(source)

    assert len(list_unused([tmp_path / "module.py"])) == 1


@cache
def _modules() -> dict[str, ast.Module]:
    """By dotted name. Tests belong to them: a name that is shown for a test alone is shown for a reason."""
    folders = [ROOT / name for name in ("app", "tests", "bench")]
    paths = [path for folder in folders for path in folder.rglob("*.py") if "node_modules" not in path.parts]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in [*paths, *STARTS]}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text()) for name, path in named.items()}


def _shown(tree: ast.Module) -> Iterator[str]:
    """`from x import y as y` hands y on."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.asname == alias.name)


def test_what_a_package_shows_somebody_takes_from_it() -> None:
    users: dict[str, set[str]] = defaultdict(set)  # of `.name`, or of `package:name`
    for module, tree in _modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                users[node.attr].add(module)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    users[f"{node.module}:{alias.name}"].add(module)

    unused = [
        f"{package}: {name}"
        for package, tree in _modules().items()
        if package.startswith("app.")
        for name in _shown(tree)
        if not (users[name] | users[f"{package}:{name}"]) - {package} and f"{package}.{name}" not in _modules()
    ]

    assert unused == []
