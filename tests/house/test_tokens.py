"""The tokens are the only raw values, and every pair that carries text can be read (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "app/static/css"
TOKENS = (CSS / "tokens.css").read_text()
DARK = "@media (prefers-color-scheme:dark)"
CONTRAST = "@media (prefers-contrast:more)"
CONTRAST_DARK = "@media (prefers-contrast:more) and (prefers-color-scheme:dark)"

GROUNDS = ("paper", "sheet")
TEXTS = [(text, ground) for text in ("ink", "soft", "pine", "pine-deep", "vermilion", "amber") for ground in GROUNDS]
PAIRS = [
    *TEXTS,
    ("on-pine", "pine"),
    ("on-pine", "pine-deep"),
    ("on-card", "card"),
    ("on-vermilion", "vermilion"),
    ("on-vermilion", "vermilion-deep"),
    ("vermilion", "vermilion-wash"),
    ("amber", "amber-wash"),
    ("pine", "pine-wash"),
    ("pine-deep", "pine-wash"),
    *[("ink", wash) for wash in ("pine-wash", "vermilion-wash", "amber-wash")],
    *[(f"on-family-{n}", f"family-{n}") for n in range(1, 6)],
]
EDGES = [("edge", ground) for ground in GROUNDS]


def declared(start: str) -> dict[str, str]:
    """The custom properties of the first rule after this text."""
    block = TOKENS[TOKENS.index(start) + len(start) :]
    block = block[block.index("--") : block.index("}")]
    return dict(re.findall(r"--([\w-]+):([^;}]+)", block))


LIGHT = declared(":root,[data-theme=light]") | declared("\n:root{")
LOOKS = {
    "light": LIGHT,
    "dark": LIGHT | declared(DARK),
    "high contrast": LIGHT | declared(CONTRAST + "{"),
    "high contrast, dark": LIGHT | declared(DARK) | declared(CONTRAST + "{") | declared(CONTRAST_DARK),
}


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, 0 to 1."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(colour: str) -> list[float]:
    """Red, green and blue of #rgb or #rrggbb as light, 0 to 1 each."""
    digits = colour.removeprefix("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


# How someone without one kind of cone sees: Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
SIGHTS = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def distance(one: str, other: str, sight: str) -> float:
    """CIE 1976 colour difference as that eye sees it; 2 is just noticed, 10 is seen at a glance."""
    a, b = (
        lab([min(1.0, max(0.0, sum(map(float.__mul__, map(float, row), linear(c))))) for row in SIGHTS[sight]])
        for c in (one, other)
    )
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


def lab(light: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* of linear RGB under D65."""
    red, green, blue = light
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_the_measure_is_right() -> None:
    assert round(contrast("#767676", "#fff"), 2) == 4.54
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_can_be_read(look: str) -> None:
    needed = 7.0 if "contrast" in look else 4.5
    values = LOOKS[look]
    measured = {pair: round(contrast(values[pair[0]], values[pair[1]]), 2) for pair in PAIRS}

    assert {pair: ratio for pair, ratio in measured.items() if ratio < (7.0 if "family" in pair[1] else needed)} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_the_edge_of_every_control_can_be_seen(look: str) -> None:
    values = LOOKS[look]

    assert {pair for pair in EDGES if contrast(values[pair[0]], values[pair[1]]) < 3} == set()


def test_choosing_dark_or_contrast_gives_what_the_system_gives() -> None:
    assert declared("\n[data-theme=dark]") == declared(DARK)
    assert declared("\n:root[data-contrast=high],[data-contrast=high]") == declared(CONTRAST + "{")


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("look", LOOKS)
def test_nobody_takes_one_persons_colour_for_anothers(look: str, sight: str) -> None:
    """Whose code is shown is seen at a glance, by the colour-blind too."""
    values = LOOKS[look]
    colours = ["card", *[f"family-{n}" for n in range(1, 6)]]
    near = {(a, b): round(distance(values[a], values[b], sight), 1) for a, b in combinations(colours, 2)}

    assert {pair: d for pair, d in near.items() if d < 15} == {}


def test_in_grey_the_patterns_differ() -> None:
    patterns = [LIGHT[f"pattern-{n}"] for n in range(1, 6)]
    greys = [luminance(LIGHT[f"family-{n}"]) for n in range(1, 6)]

    assert len(set(patterns)) == 5
    assert all(abs(one - other) > 0.15 for one, other in pairwise(greys))


@pytest.mark.parametrize("sheet", sorted(p.name for p in CSS.glob("*.css") if p.name != "tokens.css"))
def test_raw_colours_stand_in_the_tokens_alone(sheet: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.S)

    assert re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\))", text) == []


def test_larger_type_and_targets_are_as_large_as_the_rule_asks() -> None:
    """工信部 适老化: main text 18 px and more, main targets 60 x 60 in elder mode, 48 x 48 elsewhere."""
    elder, standard = declared("\n[data-elder]"), declared(":root,[data-elder]")

    assert (elder["base"], elder["target"]) == ("1.375rem", "60px")
    assert declared("\n[data-elder=largest]")["base"] == "1.875rem"
    assert (standard["base"], standard["target"]) == ("1.0625rem", "48px")
