"""What every template must be, whoever wrote it. Each rule walks all files and names every place that breaks it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateError, nodes

from app import create_app
from tests.kit.settings import make_settings
from tests.kit.templates import indent

APP = Path(__file__).parents[2] / "app"
TEMPLATES = {p.relative_to(APP / "templates").as_posix(): p.read_text() for p in sorted((APP / "templates").rglob("*.html"))}
MODULES = {p.relative_to(APP).as_posix(): p.read_text() for p in sorted(APP.rglob("*.py"))}
HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
MAX_CHARS = 132
CONTRACT = "第 %(step)s 步,共 %(total)s 步"  # printed exactly so: others look for it


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("house")))


def places(texts: Mapping[str, str], find: Callable[[str], list[str]]) -> list[str]:
    """One line for each find: its file and the words themselves."""
    return [f"{name}: {found}" for name, text in texts.items() for found in find(text)]


def inline_code(text: str) -> list[str]:
    handlers = re.findall(r"\s(?:on[a-z]+|style)\s*=\s*[\"']", text)
    return handlers + re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", text)


def bare_words(text: str) -> list[str]:
    """Chinese outside of `_()` and of comments."""
    bare = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    bare = re.sub(r"\b_\(\s*(['\"]).*?(?<!\\)\1", "", bare, flags=re.S)
    return re.findall(rf"[^\s<>]*{HAN}[^\s<>]*", bare)


def latin_marks(text: str) -> list[str]:
    return re.findall(rf"{HAN}[,;!?]{HAN}|{HAN}:{HAN}", text.replace(CONTRACT, ""))


def long_lines(text: str) -> list[str]:
    return [f"{number}: {len(line)} characters" for number, line in enumerate(text.splitlines(), 1) if len(line) > MAX_CHARS]


def shouts(text: str) -> list[str]:
    return re.findall("[^\n]*！", text)


def test_every_template_compiles(unserved: Flask) -> None:
    broken = []
    for name in TEMPLATES:
        try:
            unserved.jinja_env.get_template(name)
        except TemplateError as error:
            broken.append(f"{name}: {error}")

    assert not broken, "\n".join(broken)


def test_no_template_imports_what_it_does_not_use(unserved: Flask) -> None:
    """What a template includes may use what stands above it."""
    loose = []
    for name, text in TEMPLATES.items():
        tree = unserved.jinja_env.parse(text)
        imported = {n if isinstance(n, str) else n[1] for found in tree.find_all(nodes.FromImport) for n in found.names}
        used = {found.name for found in tree.find_all(nodes.Name)}
        if not list(tree.find_all(nodes.Include)):
            loose += [f"{name}: {unused}" for unused in sorted(imported - used)]

    assert not loose, "\n".join(loose)


def test_no_template_needs_inline_script_or_style() -> None:
    found = places(TEMPLATES, inline_code)

    assert not found, "\n".join(found)


def test_every_word_can_be_translated() -> None:
    found = places(TEMPLATES, bare_words)

    assert not found, "\n".join(found)


def test_chinese_is_written_with_chinese_marks() -> None:
    found = places(TEMPLATES | MODULES, latin_marks)

    assert not found, "\n".join(found)


def test_every_line_can_be_read_without_scrolling() -> None:
    found = places(TEMPLATES, long_lines)

    assert not found, "\n".join(found)


def test_every_template_is_indented_as_it_nests() -> None:
    assert [name for name, text in TEMPLATES.items() if indent(text) != text] == []


def test_nobody_is_shouted_at() -> None:
    found = places(TEMPLATES | MODULES, shouts)

    assert not found, "\n".join(found)


def test_the_search_would_find_them() -> None:
    assert len(TEMPLATES) > 200 and len(MODULES) > 400
    assert places({"a.html": '<p style="x">', "b.html": '<b onclick="x">', "c.html": "<script>x"}, inline_code) == [
        'a.html:  style="',
        'b.html:  onclick="',
        "c.html: <script",
    ]
    assert inline_code('<script src="x"></script><script type="application/json">{}</script>') == []
    assert bare_words("{{ _('可以') }} {# 注 #} <p>不行</p>") == ["不行"]
    assert latin_marks(f"好,的 好:的 好，的 {CONTRACT}") == ["好,的", "好:的"]
    assert long_lines("a\n" + "字" * 133) == ["2: 133 characters"]
    assert indent("{% if a %}\n<p>{{ b(\nc,\nd) }}</p>\n{% endif %}\n") == (
        "{% if a %}\n  <p>{{ b(\n    c,\n    d) }}</p>\n{% endif %}\n"
    )
    assert shouts("好。\n请看！") == ["请看！"]
