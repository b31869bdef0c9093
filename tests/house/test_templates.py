"""What every template must be, whoever wrote it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from app import create_app
from tests.kit.settings import make_settings

APP = Path(__file__).parents[2] / "app"
TEMPLATES = sorted(p for p in (APP / "templates").rglob("*.html"))
NAMES = [p.relative_to(APP / "templates").as_posix() for p in TEMPLATES]
HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
CONTRACT = "第 %(step)s 步,共 %(total)s 步"  # printed exactly so: others look for it


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("house")))


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(unserved: Flask, name: str) -> None:
    unserved.jinja_env.get_template(name)


def test_no_template_imports_what_it_does_not_use(unserved: Flask) -> None:
    """What a template includes may use what stands above it."""
    loose = []
    for name in NAMES:
        tree = unserved.jinja_env.parse((APP / "templates" / name).read_text())
        imported = {n if isinstance(n, str) else n[1] for found in tree.find_all(nodes.FromImport) for n in found.names}
        used = {found.name for found in tree.find_all(nodes.Name)}
        if not list(tree.find_all(nodes.Include)):
            loose += [f"{name}: {unused}" for unused in sorted(imported - used)]

    assert loose == []


@pytest.mark.parametrize("name", NAMES)
def test_it_needs_no_inline_script_or_style(name: str) -> None:
    text = (APP / "templates" / name).read_text()

    assert re.findall(r"\s(?:on[a-z]+|style)\s*=\s*[\"']", text) == []
    assert re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_word_can_be_translated(name: str) -> None:
    text = (APP / "templates" / name).read_text()
    bare = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    bare = re.sub(r"\b_\(\s*(['\"]).*?(?<!\\)\1", "", bare, flags=re.S)

    assert re.findall(rf"[^\s<>]*{HAN}[^\s<>]*", bare) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *sorted(APP.rglob("*.py"))], ids=lambda p: p.relative_to(APP).as_posix())
def test_chinese_is_written_with_chinese_marks(path: Path) -> None:
    text = path.read_text().replace(CONTRACT, "")

    assert re.findall(rf"{HAN}[,;!?]{HAN}|{HAN}:{HAN}", text) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *sorted(APP.rglob("*.py"))], ids=lambda p: p.relative_to(APP).as_posix())
def test_nobody_is_shouted_at(path: Path) -> None:
    assert "！" not in path.read_text()
