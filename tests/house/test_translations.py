"""Every word a person reads is there in each language, and means what its source means as far as a program can tell."""

import ast
import re

from app.core.locale import CATALOGS
from tests.kit.catalogs import CHINESE_MARKS, HAN, TRANSLATED, faults

APP = CATALOGS.parent
MARKING = {"_", "_l", "gettext", "lazy_gettext", "later"}
# Words that are data, not phrases of a page: what the field's interface says in Chinese (contract 5), invented people, columns of a
# roster or a holiday notice, a letter that is signed in Chinese alone, what the terminal asks a real bureau.
DATA = (
    "setup/prompts.py",
    "config/",
    "conformance/",
    "core/display.py",
    "core/installation.py",
    "core/locale.py",
    "demo/",
    "institutions/",
    "scanning/",
    "letters/letter_pdf.py",
    "mutual_aid/money.py",
    "regions/",
    "reviews/holiday_file.py",
    "reviews/service/holidays.py",
    "roster/",
)
MODULES = {p.relative_to(APP).as_posix(): p.read_text() for p in sorted(APP.rglob("*.py"))}
TEMPLATES = {p.relative_to(APP).as_posix(): p.read_text() for p in sorted((APP / "templates").rglob("*.html"))}
SCRIPTS = {p.relative_to(APP).as_posix(): p.read_text() for p in sorted((APP / "static/js").rglob("*.js"))}


def test_everything_is_said_in_every_language_too() -> None:
    found = [f"{locale}: {fault}" for locale in TRANSLATED for fault in faults(locale)]

    assert not found, "\n".join(found)


def test_no_words_in_code_escape_translation() -> None:
    found = [
        f"{name}:{line}: {words}"
        for name, text in MODULES.items()
        if not name.startswith(DATA)
        for line, words in _bare_words(text)
    ]

    assert not found, "\n".join(found)


def test_no_chinese_mark_stands_between_translated_words() -> None:
    found = [f"{name}: {line}" for name, text in TEMPLATES.items() for line in _bare_marks(text)]

    assert not found, "\n".join(found)


def test_scripts_take_their_words_from_the_page() -> None:
    found = [f"{name}: {line}" for name, text in SCRIPTS.items() for line in _spoken(text)]

    assert not found, "\n".join(found)


def test_the_search_would_find_them() -> None:
    assert len(MODULES) > 400 and len(TEMPLATES) > 200 and len(SCRIPTS) > 40
    assert [name for name in DATA if not any(module.startswith(name) for module in MODULES)] == []
    assert _bare_words('"""说明"""\na = _("可以")\nb = "不行"\n') == [(3, "不行")]
    assert _bare_marks("{# 注。 #}{{ _('可以。') }}\n{{ a }}，{{ b }}\n") == ["{{ a }}，{{ b }}"]
    assert _spoken("/* 注 */ a(); // 注\nb('不行');") == ["b('不行');"]


def _bare_marks(text: str) -> list[str]:
    """The lines with a Chinese mark outside of `_()` and of comments."""
    bare = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    bare = re.sub(r"\b_\(\s*(['\"]).*?(?<!\\)\1", "", bare, flags=re.S)
    return re.findall(f"[^\n]*[{CHINESE_MARKS.replace('·', '')}][^\n]*", bare)


def _spoken(text: str) -> list[str]:
    """The lines of a script with Chinese outside of comments."""
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.S)
    return re.findall(rf"[^\n]*{HAN}[^\n]*", code)


def _bare_words(text: str) -> list[tuple[int, str]]:
    """(line, words) of every Chinese string outside of `_()` and of docstrings."""
    tree = ast.parse(text)
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
