"""A page as a checker sees it: axe in light, dark and elder mode on two small screens, and the W3C's HTML checker."""

import json
import subprocess
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHECKER = Path(__file__).parents[1] / "node_modules/vnu-jar/build/dist/vnu.jar"
LOOKS = [(scheme, elder, width) for scheme, elder in (("light", False), ("dark", False), ("light", True)) for width in (390, 320)]


def faults_in_all_looks(page: Page) -> list[str]:
    """What axe finds on the page, and whatever is wider than the screen."""
    return [fault for look in LOOKS for fault in faults_in(page, look)]


def faults_in(page: Page, look: tuple[str, bool, int]) -> list[str]:
    """look: colour scheme, whether in elder mode, width in px."""
    scheme, elder, width = look
    return [f"({scheme}{', elder' if elder else ''}, {width}): {fault}" for fault in _faults(page, scheme, elder, width)]


def html_errors(files: list[Path]) -> list[tuple[int, str]]:
    """(which file, what) for each error; all files in one run, because starting the checker takes longest."""
    checker = ["java", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", *map(str, files)]
    answer = json.loads(subprocess.run(checker, capture_output=True, text=True).stderr)
    names = [file.name for file in files]
    return [
        (names.index(Path(m["url"]).name), f"{m['message']} {m.get('extract')}") for m in answer["messages"] if m["type"] == "error"
    ]


def _faults(page: Page, scheme: Any, elder: bool, width: int) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate("(elder) => document.documentElement.toggleAttribute('data-elder', elder)", elder)
    violations = Axe().run(page).response["violations"]
    found = [f"{v['id']}: {n['target']} {n.get('failureSummary', '')}" for v in violations for n in v["nodes"]]
    over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{over} px wider than the screen"] if over > 0 else found
