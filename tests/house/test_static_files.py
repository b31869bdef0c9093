import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.core.assets import without_comments

STATIC = Path(__file__).parents[2] / "app/static"


@pytest.mark.parametrize(("name", "size"), [("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512)])
def test_an_icon_has_the_size_its_name_says(name: str, size: int) -> None:
    data = (STATIC / f"icons/{name}.png").read_bytes()

    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (size, size)


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.svg")), ids=lambda p: p.name)
def test_a_drawing_needs_no_font_and_no_script(path: Path) -> None:
    tags = {element.tag.rsplit("}", 1)[-1] for element in ElementTree.parse(path).iter()}

    assert tags <= {"svg", "g", "rect", "circle", "path", "title"}


@pytest.mark.parametrize("path", sorted((STATIC / "js").rglob("*.js")), ids=lambda p: p.relative_to(STATIC).as_posix())
def test_a_script_is_a_small_module_of_our_own(path: Path) -> None:
    text = path.read_text()

    assert len(text.splitlines()) <= 250
    assert "innerHTML" not in text
    assert "eval(" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
    assert not any("\n" in literal for literal in re.findall(r"`[^`]*`", text))  # it is served without indents and comments


@pytest.mark.parametrize("path", sorted((STATIC / "js").rglob("*.js")), ids=lambda p: p.relative_to(STATIC).as_posix())
def test_a_script_is_served_whole_but_for_its_comments(path: Path) -> None:
    served = without_comments(path.read_text(), ".js")

    written = [line.strip() for line in path.read_text().splitlines()]
    kept = [line for line in written if line and not line.startswith(("//", "/**", "*"))]
    assert [line for line in served.splitlines() if line.strip()] == kept
