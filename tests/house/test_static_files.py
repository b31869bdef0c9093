import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from app.core.assets import without_comments

STATIC = Path(__file__).parents[2] / "app/static"
SCRIPTS = {p.relative_to(STATIC).as_posix(): p.read_text() for p in sorted((STATIC / "js").rglob("*.js"))}
ICONS = {"icon-192": 192, "icon-512": 512, "icon-maskable-512": 512}
DRAWN_WITH = {"svg", "g", "rect", "circle", "path", "title"}


def script_faults(text: str) -> list[str]:
    """What a small module of our own does not do."""
    found = [word for word in ("innerHTML", "eval(", "https://") if word in text]
    if "http://" in text.replace("http://www.w3.org/", ""):
        found.append("http://")
    if len(text.splitlines()) > 250:
        found.append(f"{len(text.splitlines())} lines")
    if any("\n" in literal for literal in re.findall(r"`[^`]*`", text)):
        found.append("a literal over several lines, which is served without indents and comments")
    return found


def lost_in_serving(text: str) -> list[str]:
    """Lines that differ between what is served and what is written, comments and indents apart."""
    served = [line for line in without_comments(text, ".js").splitlines() if line.strip()]
    written = [line.strip() for line in text.splitlines()]
    kept = [line for line in written if line and not line.startswith(("//", "/**", "*"))]
    return [] if served == kept else [*sorted({*kept} ^ {*served}), "in another order or number"][:3]


def test_an_icon_has_the_size_its_name_says() -> None:
    for name, size in ICONS.items():
        data = (STATIC / f"icons/{name}.png").read_bytes()

        assert data.startswith(b"\x89PNG"), name
        assert struct.unpack(">II", data[16:24]) == (size, size), name


def test_a_drawing_needs_no_font_and_no_script() -> None:
    drawings = {p.name: {e.tag.rsplit("}", 1)[-1] for e in ElementTree.parse(p).iter()} for p in sorted(STATIC.rglob("*.svg"))}

    assert drawings
    assert {name: tags - DRAWN_WITH for name, tags in drawings.items() if tags - DRAWN_WITH} == {}


def test_every_script_is_a_small_module_of_our_own() -> None:
    faults = [f"{name}: {fault}" for name, text in SCRIPTS.items() for fault in script_faults(text)]

    assert not faults, "\n".join(faults)


def test_every_script_is_served_whole_but_for_its_comments() -> None:
    faults = [f"{name}: {line}" for name, text in SCRIPTS.items() for line in lost_in_serving(text)]

    assert not faults, "\n".join(faults)


def test_the_search_would_find_them() -> None:
    bad = "x.innerHTML = `a\nb`; eval(y); // http://a https://b\n" + "z;\n" * 250

    assert len(SCRIPTS) > 40
    assert len(script_faults(bad)) == 6
    assert script_faults('const SVG = "http://www.w3.org/2000/svg";\n') == []
    assert lost_in_serving("/** Says a. */\na();\n  // b\n  b();\n") == []
    assert "two" in lost_in_serving("/** one\ntwo\n*/\n")
