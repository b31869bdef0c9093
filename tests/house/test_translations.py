"""Every word a person reads is there in each language, and means what its source means as far as a program can tell."""

import ast
import re
from pathlib import Path

import pytest

from app.core.locale import CATALOGS
from tests.kit.catalogs import CHINESE_MARKS, HAN, TRANSLATED, faults

APP = CATALOGS.parent
MARKING = {"_", "_l", "gettext", "lazy_gettext", "later"}
# Words that are data, not phrases of a page: what the field's interface says in Chinese (contract 5), invented people, columns of a
# roster or a holiday notice, a letter that is signed in Chinese alone, what the terminal asks a real bureau.
DATA = (
    "bureau/asking.py",
    "config.py",
    "core/display.py",
    "core/installation.py",
    "core/locale.py",
    "demo/",
    "institutions/",
    "letters/letter_pdf.py",
    "mutual_aid/money.py",
    "regions/",
    "reviews/holiday_file.py",
    "reviews/service/holidays.py",
    "roster/",
)
MODULES = [p for p in sorted(APP.rglob("*.py")) if not p.relative_to(APP).as_posix().startswith(DATA)]
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
SCRIPTS = sorted((APP / "static/js").rglob("*.js"))


@pytest.mark.parametrize("locale", TRANSLATED)
def test_everything_is_said_in_this_language_too(locale: str) -> None:
    assert faults(locale) == []


def test_no_words_in_code_escape_translation() -> None:
    assert [f"{path.relative_to(APP)}:{line}: {text}" for path in MODULES for line, text in _bare_words(path)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(APP).as_posix())
def test_no_chinese_mark_stands_between_translated_words(path: Path) -> None:
    bare = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    bare = re.sub(r"\b_\(\s*(['\"]).*?(?<!\\)\1", "", bare, flags=re.S)

    assert re.findall(f"[^\n]*[{CHINESE_MARKS.replace('·', '')}][^\n]*", bare) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_take_their_words_from_the_page(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(), flags=re.S)

    assert re.findall(rf"[^\n]*{HAN}[^\n]*", code) == []


def _bare_words(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text())
    wrapped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKING:
            wrapped.update(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            wrapped.add(node.value)  # a docstring
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in wrapped
        and re.search(HAN, re.sub(r"\([^)]*\)", "", node.value))
    ]
