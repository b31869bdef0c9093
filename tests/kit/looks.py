"""A page as a checker sees it: axe in every look on screens from 320 to 1280 px, and the W3C's HTML checker."""

import json
import re
import subprocess
import zlib
from pathlib import Path
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT as _AXE
from playwright.sync_api import Page

from tests.kit.thorough import is_thorough

CHECKER = Path(__file__).parents[1] / "node_modules/vnu-jar/build/dist/vnu.jar"
# A run of seconds does not win back what compiling well costs; what is compiled quickly needs a deeper stack.
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
Look = tuple[Literal["light", "dark"], str, bool, int]  # light or dark, size of the larger type, high contrast, width in px
# Every width in some look.
LOOKS: tuple[Look, ...] = (
    ("light", "", False, 390),
    ("dark", "", False, 320),
    ("light", "large", False, 390),
    ("dark", "largest", False, 320),
    ("light", "", True, 768),
    ("light", "", False, 1280),
)
# What a page is made of is the same in each look: all rules on a phone and a wide screen, those about what is seen in the others.
WHOLE = (LOOKS[0], LOOKS[-1])
SEEN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
# Whether the page fits takes no time: also asked where the words are largest.
FITS = (("", 320), ("large", 320), ("largest", 390), ("largest", 768))


def faults_in_all_looks(page: Page) -> list[str]:
    """What axe finds on the page, and whatever is wider than the screen. In the gate axe looks twice, see `looks_at`."""
    page.wait_for_load_state()
    looks = LOOKS if is_thorough() else looks_at(page.url)
    found = [fault for look in looks for fault in faults_in(page, look, rules=() if look in WHOLE else SEEN)]
    for elder, width in FITS:
        _dress(page, ("light", elder, False, width))
        found += [f"({elder or 'standard'}, {width}): {fault}" for fault in _too_wide(page)]
    return found


def looks_at(url: str) -> tuple[Look, Look]:
    """The first of LOOKS, and one of the others by a hash of the address, so that the pages together are seen in each.

    Which colours stand on which is the same on all pages, and `tests/house/test_tokens.py` has every pair in every look.
    """
    essence = re.sub(r"^\w+://[^/]*|\d+", "", url)
    return LOOKS[0], LOOKS[1 + zlib.crc32(essence.encode()) % (len(LOOKS) - 1)]


def faults_in(page: Page, look: Look, *, rules: tuple[str, ...] = ()) -> list[str]:
    """look: one of LOOKS. rules: of axe; all of them unless given."""
    scheme, elder, is_contrast, width = look
    words = ", ".join(filter(None, (scheme, elder, "high contrast" if is_contrast else "", str(width))))
    _dress(page, look)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    violations = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    found = [f"{v['id']}: {n['target']} {n.get('failureSummary', '')}" for v in violations for n in v["nodes"]]
    return [f"({words}): {fault}" for fault in [*found, *_too_wide(page)]]


def html_errors(files: list[Path]) -> list[tuple[int, str]]:
    """(which file, what) for each error; all files in one run, because starting the checker takes longest."""
    checker = ["java", *BRIEF, "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", *map(str, files)]
    answer = json.loads(subprocess.run(checker, capture_output=True, text=True).stderr)
    names = [file.name for file in files]
    return [
        (names.index(Path(m["url"]).name), f"{m['message']} {m.get('extract')}") for m in answer["messages"] if m["type"] == "error"
    ]


def _dress(page: Page, look: Look) -> None:
    scheme, elder, is_contrast, width = look
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate(
        """([elder, isContrast]) => {
            const { dataset } = document.documentElement;
            if (elder) dataset.elder = elder; else delete dataset.elder;
            if (isContrast) dataset.contrast = "high"; else delete dataset.contrast;
        }""",
        [elder, is_contrast],
    )


def _too_wide(page: Page) -> list[str]:
    over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{over} px wider than the screen"] if over > 0 else []
