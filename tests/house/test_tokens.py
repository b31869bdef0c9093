"""The tokens are the only raw values, and every pair that carries text can be read (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from itertools import combinations, pairwise
from pathlib import Path

CSS = Path(__file__).parents[2] / "app/static/css"
TOKENS = (CSS / "tokens.css").read_text()
DARK = "@media (prefers-color-scheme: dark)"
CONTRAST = "@media (prefers-contrast: more)"
CONTRAST_DARK = "@media (prefers-contrast: more) and (prefers-color-scheme: dark)"

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
    return dict(re.findall(r"--([\w-]+):\s*([^;}]+)", block))


LIGHT = declared(':root,\n[data-theme="light"]') | declared("\n:root {")
LOOKS = {
    "light": LIGHT,
    "dark": LIGHT | declared(DARK),
    "high contrast": LIGHT | declared(CONTRAST + " {"),
    "high contrast, dark": LIGHT | declared(DARK) | declared(CONTRAST + " {") | declared(CONTRAST_DARK),
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


def weak_texts(look: str, values: dict[str, str]) -> list[str]:
    """The pairs of this look that carry text which cannot be read."""
    needed = 7.0 if "contrast" in look else 4.5
    measured = {pair: round(contrast(values[pair[0]], values[pair[1]]), 2) for pair in PAIRS}
    return [
        f"{look}: {text} on {ground}: {ratio}"
        for (text, ground), ratio in measured.items()
        if ratio < (7.0 if "family" in ground else needed)
    ]


def faint_edges(look: str, values: dict[str, str]) -> list[str]:
    measured = {pair: round(contrast(values[pair[0]], values[pair[1]]), 2) for pair in EDGES}
    return [f"{look}: {edge} on {ground}: {ratio}" for (edge, ground), ratio in measured.items() if ratio < 3]


def like_colours(look: str, values: dict[str, str]) -> list[str]:
    """Two people's colours that some eye takes for one."""
    colours = ["card", *[f"family-{n}" for n in range(1, 6)]]
    measured = {
        (sight, a, b): round(distance(values[a], values[b], sight), 1) for sight in SIGHTS for a, b in combinations(colours, 2)
    }
    return [f"{look}, {sight}: {a} and {b}: {apart}" for (sight, a, b), apart in measured.items() if apart < 15]


def raw_colours(text: str) -> list[str]:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\))", bare)


def test_every_text_can_be_read() -> None:
    faults = [fault for look, values in LOOKS.items() for fault in weak_texts(look, values)]

    assert not faults, "\n".join(faults)


def test_the_edge_of_every_control_can_be_seen() -> None:
    faults = [fault for look, values in LOOKS.items() for fault in faint_edges(look, values)]

    assert not faults, "\n".join(faults)


def test_choosing_dark_or_contrast_gives_what_the_system_gives() -> None:
    assert declared('\n[data-theme="dark"]') == declared(DARK)
    assert declared('\n:root[data-contrast="high"],\n[data-contrast="high"]') == declared(CONTRAST + " {")


def test_nobody_takes_one_persons_colour_for_anothers() -> None:
    """Whose code is shown is seen at a glance, by the colour-blind too."""
    faults = [fault for look, values in LOOKS.items() for fault in like_colours(look, values)]

    assert not faults, "\n".join(faults)


def test_in_grey_the_patterns_differ() -> None:
    patterns = [LIGHT[f"pattern-{n}"] for n in range(1, 6)]
    greys = [luminance(LIGHT[f"family-{n}"]) for n in range(1, 6)]

    assert len(set(patterns)) == 5
    assert all(abs(one - other) > 0.15 for one, other in pairwise(greys))


def test_raw_colours_stand_in_the_tokens_alone() -> None:
    sheets = {p.name: p.read_text() for p in sorted(CSS.glob("*.css")) if p.name != "tokens.css"}
    faults = [f"{name}: {colour}" for name, text in sheets.items() for colour in raw_colours(text)]

    assert len(sheets) > 5
    assert not faults, "\n".join(faults)


def test_the_search_would_find_them() -> None:
    grey = dict.fromkeys(LIGHT, "#777")
    dim = LIGHT | {"soft": "#949494", "paper": "#fff", "card": LIGHT["family-1"]}

    assert len(LOOKS) == 4
    assert len(weak_texts("light", grey)) == len(PAIRS) and len(faint_edges("light", grey)) == len(EDGES)
    assert len(like_colours("dark", grey)) == len(SIGHTS) * 15
    assert "light: soft on paper: 3.03" in weak_texts("light", dim)
    assert "light, all cones: card and family-1: 0.0" in like_colours("light", dim)
    assert raw_colours("a{color:#fff;color:var(--ink)} /* :#abc; */ b{fill:rgba(0,0,0,.5)}") == ["#fff", "rgba(0,0,0,.5)"]


def test_larger_type_and_targets_are_as_large_as_the_rule_asks() -> None:
    """工信部 适老化: main text 18 px and more, main targets 60 x 60 in elder mode, 48 x 48 elsewhere."""
    elder, standard = declared("}\n[data-elder]"), declared(":root,\n[data-elder]")

    assert (elder["base"], elder["target"]) == ("1.375rem", "60px")
    assert declared('\n[data-elder="largest"]')["base"] == "1.875rem"
    assert (standard["base"], standard["target"]) == ("1.0625rem", "48px")
