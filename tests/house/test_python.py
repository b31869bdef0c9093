"""Nothing is used that the oldest promised Python lacks.

What a minor version brought mypy knows (`python_version` in pyproject.toml) and ruff (`requires-python`). What came to 3.11 in a
patch release no checker knows, vermin included: those additions of the library are listed here, from its own change log.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# keyword argument -> the calls that got it, and when
LATER_ARGUMENTS = {
    "filter": ({"extract", "extractall", "unpack_archive"}, "3.11.4"),
    "strict": ({"getaddresses", "parseaddr"}, "3.11.10"),
}
LATER_NAMES = {
    **dict.fromkeys(("data_filter", "tar_filter", "fully_trusted_filter", "extraction_filter", "FilterError"), "3.11.4"),
    **dict.fromkeys(("AbsolutePathError", "OutsideDestinationError", "SpecialFileError", "AbsoluteLinkError"), "3.11.4"),
    **dict.fromkeys(("SetReparseDeferralEnabled", "GetReparseDeferralEnabled"), "3.11.9"),
    **dict.fromkeys(("ALLOW_MISSING", "LinkFallbackError"), "3.11.13"),
}


def list_too_new(source: str) -> Iterator[str]:
    """`line: what (since)` for all that came after 3.11.0. A look by name, `getattr(tarfile, "data_filter", None)`, is no use."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in LATER_NAMES:
            yield f"{node.lineno}: {node.attr} ({LATER_NAMES[node.attr]})"
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.lineno}: {a.name} ({LATER_NAMES[a.name]})" for a in node.names if a.name in LATER_NAMES)
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for keyword in node.keywords:
                calls, since = LATER_ARGUMENTS.get(keyword.arg or "", (set(), ""))
                if called in calls:
                    yield f"{node.lineno}: {called}({keyword.arg}=…) ({since})"


def test_nothing_is_used_that_came_after_3_11_0() -> None:
    files = [
        p
        for place in ("app", "migrations", "tests", "bench")
        for p in (ROOT / place).rglob("*.py")
        if "node_modules" not in p.parts
    ]
    files += [ROOT / "wsgi.py", ROOT / "gunicorn.conf.py", ROOT / "deploy/make-venv"]

    found = [f"{path.relative_to(ROOT)}:{use}" for path in files for use in list_too_new(path.read_text())]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'archive.extractall("x", filter="data")',
        "tarfile.data_filter",
        "from os.path import ALLOW_MISSING",
        "getaddresses(x, strict=True)",
    ],
)
def test_what_is_too_new_is_found(source: str) -> None:
    assert len(list(list_too_new(source))) == 1


def test_the_checkers_think_of_the_promised_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["mypy"]["python_version"] == "3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
