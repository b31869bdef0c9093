import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

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
