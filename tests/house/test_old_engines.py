"""The oldest phones, Chromium 64 (Android 8) and iOS 13.4, read each script of a citizen's page; its style loses but looks.

tests/eslint.config.mjs and tests/stylelint.config.mjs say what may be used; the tables are those of MDN and caniuse.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from tests.kit.settings import make_settings

TESTS = Path(__file__).parents[1]
STATIC = TESTS.parent / "app/static"
STYLES = ("tokens", "base", "components", "pages", "code", "letters")
PATIENCE_S = 120
# A line each that is younger than the floor. All of them once stood in a script of ours, or could tomorrow.
YOUNG = """\
export const a = b ?? c;
export const a = b?.c;
a ??= b;
export const a = 10n;
export class A { b = 1 }
export class A { #b }
try { a(); } catch { b(); }
import("./a.js");
export const a = 600_000;
[1].at(-1);
[1].flat();
Object.hasOwn(a, "b");
"a".replaceAll("a", "b");
globalThis.a = 1;
export const a = BigInt(3);
AbortSignal.timeout(3);
structuredClone(a);
document.body.replaceChildren();
document.body.inert = true;
dialog.showModal();
element.toggleAttribute("hidden");
Object.assign(element, { ariaLabel: "a" });
window.addEventListener("a", b, { signal: c });
""".splitlines()
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("engines")))


def run_node(folder: Path, *arguments: str | Path) -> list[Any]:
    done = subprocess.run(
        ["node", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    said = done.stdout if done.stdout.startswith("[") else done.stderr
    assert said.startswith("["), done.stdout + done.stderr
    found: list[Any] = json.loads(said)
    return found


def script_faults(folder: Path) -> dict[str, list[str]]:
    """Of the scripts below a folder: name -> what the rules say of it."""
    config = TESTS / "eslint.config.mjs"
    found = run_node(folder, TESTS / "node_modules/eslint/bin/eslint.js", "--no-config-lookup", "-c", config, "-f", "json", ".")
    said = {
        Path(file["filePath"]).relative_to(folder.resolve()).as_posix(): [
            f"{message['line']}: {message['message']}" for message in file["messages"]
        ]
        for file in found
    }
    assert said
    return {name: words for name, words in said.items() if words}


def style_faults(folder: Path, *files: Path) -> list[str]:
    config = TESTS / "stylelint.config.mjs"
    options = ("--config", config, "--config-basedir", TESTS, "--formatter", "json")
    found = run_node(folder, TESTS / "node_modules/stylelint/bin/stylelint.mjs", *options, *files)
    return [f"{Path(file['source']).name} {warning['line']}: {warning['text']}" for file in found for warning in file["warnings"]]


def rules_of(css: str) -> list[tuple[str, str]]:
    return [(selector.strip(), body) for selector, body in _RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))]


def glued(css: str, old: str) -> list[str]:
    """Rows whose parts stand apart by `gap` alone: without it they are one word to the eye. old: the style that helps out then."""
    with_gap = [
        selector.split(",")[0].strip()
        for selector, body in rules_of(css)
        if re.search(r"display: ?(inline-)?flex", body) and re.search(r"[; ]gap:", body)
    ]
    return [selector for selector in with_gap if not re.search(re.escape(selector.split(":")[0]) + r"\b", old)]


def test_every_script_of_a_citizens_page_is_read_by_the_oldest_phones(unserved: Flask, tmp_path: Path) -> None:
    for path in (STATIC / "js").rglob("*.js"):
        copy = tmp_path / path.relative_to(STATIC)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    with unserved.test_request_context():
        unserved.extensions["help_addresses"] = []
        template = unserved.jinja_env.get_template("pwa/service_worker.js")
        (tmp_path / "sw.js").write_text(template.render(release="r", pages_version="v", files=[], pages=[], tags={}))

    faults = script_faults(tmp_path)

    assert not faults, "\n".join(f"{name} {words}" for name, words in faults.items())


def test_the_rules_would_find_each_of_them(tmp_path: Path) -> None:
    for number, line in enumerate(YOUNG):
        (tmp_path / f"young{number}.js").write_text(line + "\n")

    faults = script_faults(tmp_path)

    assert {line for number, line in enumerate(YOUNG) if f"young{number}.js" not in faults} == set()


def test_only_one_module_asks_the_network() -> None:
    """What counts as "no network", and that cookies go along on old engines, is decided in network.js."""
    asking = [path.name for path in (STATIC / "js").rglob("*.js") if re.search(r"\bfetch\(", path.read_text())]

    assert asking == ["network.js"]


def test_every_style_of_a_citizens_page_degrades_to_plain(tmp_path: Path) -> None:
    faults = style_faults(tmp_path, *(STATIC / f"css/{name}.css" for name in STYLES))

    assert not faults, "\n".join(faults)


def test_no_selector_of_a_style_is_unreadable_to_the_oldest() -> None:
    """A selector that an engine cannot read takes its whole rule along."""
    lists = [(name, found) for name in STYLES for found in re.findall(r":not\([^)]*,", (STATIC / f"css/{name}.css").read_text())]

    assert lists == []


def test_nothing_is_glued_together_where_flex_boxes_know_no_gap() -> None:
    old = (STATIC / "css/old.css").read_text()
    found = {name: glued((STATIC / f"css/{name}.css").read_text(), old) for name in STYLES}

    assert {name: selectors for name, selectors in found.items() if selectors} == {}


def test_the_searches_in_styles_would_find_them(tmp_path: Path) -> None:
    bad = tmp_path / "bad.css"
    bad.write_text(".a { backdrop-filter: blur(2px); inset: 0; }\n.b { container-type: inline-size; }\n")

    assert style_faults(tmp_path, bad)
    assert glued(".a { display: flex; gap: 2px; }\n", "") == [".a"]
    assert glued(".a { display: flex; gap: 2px; }\n", ".a > * + * { margin-left: 2px; }") == []
