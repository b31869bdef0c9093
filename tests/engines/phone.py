"""A phone in somebody's hand: the acts of an engine, in the words on the screen. What must happen is waited for, with a limit."""

import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from tests.engines.engine import Engine, PageLeft, Point

_FINDING = (Path(__file__).parent / "finding.js").read_text()
# Not by scrollIntoView, which in WebKit does nothing for a drawing.
_TO_THE_CODE = """var code = document.querySelector("[data-code]");
var box = code ? code.getBoundingClientRect() : { top: 0, height: 0 };
if (code) window.scrollBy(0, Math.round(box.top + box.height / 2 - window.innerHeight / 2));"""
PATIENCE_S = 30.0  # a busy machine is slow, and only a test that fails waits for long
SCRIPTS_COME_WITHIN_S = 3.0  # so long a form's script is waited for; where none comes, the form goes its own way
_LOOKS_EVERY_S = 0.05
_SHOWN_CHARS = 600


class WaitedInVain(AssertionError):
    """What had to come did not; says what the page showed instead."""


class Phone:
    def __init__(self, engine: Engine, base_url: str) -> None:
        self.engine = engine
        self.base_url = base_url

    def open(self, path: str) -> None:
        self.engine.open(self.base_url + path)

    def ask(self, script: str, *arguments: Any) -> Any:
        """Asks the page, and the next one when it is just being left. script: as for `Engine.run`, with `seen` of finding.js."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.engine.run(f"{_FINDING} {script}", *arguments)
            except PageLeft:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_LOOKS_EVERY_S)

    def wait(self, what: str, holds: Callable[[], Any], *, seconds: float = PATIENCE_S) -> Any:
        """Until `holds()` gives something true, which is returned. Raises WaitedInVain."""
        deadline = time.monotonic() + seconds
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise WaitedInVain(f"waited {seconds:.0f} s for {what}; {self.page()}")
            time.sleep(_LOOKS_EVERY_S)
        return found

    def wait_for(self, script: str, *arguments: Any, seconds: float = PATIENCE_S) -> Any:
        return self.wait(f"{script} {list(arguments)}", lambda: self.ask(script, *arguments), seconds=seconds)

    def see(self, *words: str, seconds: float = PATIENCE_S) -> None:
        """Until all these words are shown, whatever blanks stand between them."""
        script = "var shown = document.body ? document.body.innerText.replace(/\\s+/g, ' ') : ''; "
        script += "return [].every.call(arguments, function (words) { return shown.indexOf(words) >= 0; });"
        self.wait(f"the words {words}", lambda: self.ask(script, *words), seconds=seconds)

    def sees(self, words: str) -> bool:
        return bool(self.ask("return document.body.innerText.indexOf(arguments[0]) >= 0;", words))

    def press(self, *words: str) -> None:
        """The button or link that is called one of these; what comes of it is for the caller to see."""
        self.settle()
        self._touch(
            "var found = null; for (var i = 0; i < arguments.length; i++) found = found || seen.button(arguments[i]);", *words
        )

    def lead_on(self, *words: str) -> None:
        """Presses what leads to another page, and waits until it is there."""
        self.ask("window.isLeft = 'not yet';")
        self.press(*words)
        left = "return window.isLeft !== 'not yet' && seen.isSettled();"
        self.wait(f"the page that {words} leads to", lambda: self.ask(left))

    def fill(self, label: str, text: str) -> None:
        self.settle()
        self._touch("var found = seen.field(arguments[0]);", label)
        self.wait_for("var found = seen.field(arguments[0]); return found && document.activeElement === found;", label)
        self.ask("var found = document.activeElement; if (found && found.value) found.select();")
        self.engine.type(text)

        def _holds() -> str | None:
            held: str | None = self.ask("var found = seen.field(arguments[0]); return found && found.value;", label)
            return held

        try:
            self.wait("", lambda: _holds() == text, seconds=5)
        except WaitedInVain:
            raise AssertionError(f"{label} holds {_holds()!r} after {text!r} was typed") from None

    def choose(self, label: str, value: str) -> None:
        """One of a list, by its value: how a list is shown is the engine's affair."""
        self.settle()
        self.wait_for(
            """var found = seen.field(arguments[0]);
            if (!found) return false;
            found.value = arguments[1];
            ["input", "change"].forEach(function (kind) { found.dispatchEvent(new Event(kind, { bubbles: true })); });
            return found.value === arguments[1];""",
            label,
            value,
        )

    def tick(self, label: str) -> None:
        """A box or one of several choices."""
        self.settle()
        self._touch("var found = seen.field(arguments[0]);", label)
        self.wait_for("var found = seen.field(arguments[0]); return found && found.checked;", label)

    def tick_all(self) -> None:
        """Every consent of the page, none of which is ticked beforehand."""
        boxes = "[].filter.call(document.querySelectorAll('main input[type=checkbox]'), seen.isShown)"
        count = self.wait_for(f"return seen.isReady() ? {boxes}.length : 0;")
        for number in range(count):
            self._touch(f"var found = {boxes}[arguments[0]];", number)
            self.wait_for(f"return {boxes}[arguments[0]].checked;", number)

    def stroke(self, selector: str, points: Sequence[Point]) -> None:
        """points: of the element, in parts of its width and height."""
        self.settle()
        box = self.wait_for(
            """var found = document.querySelector(arguments[0]);
            if (!found || !seen.isShown(found)) return null;
            found.scrollIntoView({ block: "center" });
            var box = found.getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];""",
            selector,
        )
        left, top, width, height = box
        self.engine.draw([(left + x * width, top + y * height) for x, y in points])

    def settle(self) -> None:
        """Until the page is whole and every form is in its script's hands, or no script seems to come."""
        self.wait_for("return seen.isSettled();")
        deadline = time.monotonic() + SCRIPTS_COME_WITHIN_S
        while not self.ask("return seen.isReady();") and time.monotonic() < deadline:
            time.sleep(_LOOKS_EVERY_S)

    def code(self) -> str:
        """The digits of the code that is shown."""
        return str(
            self.wait_for(
                "var code = document.querySelector('[data-code]'); return code && seen.isShown(code) && code.dataset.code;"
            )
        )

    def read(self) -> str:
        """The digits as a scanner reads them from the screen, which are those that the page says it shows. Scrolls there first."""

        def _read() -> str | None:
            self.ask(_TO_THE_CODE)
            before = self.code()
            found = zxingcpp.read_barcodes(Image.open(io.BytesIO(self.engine.picture())))
            texts = [str(code.text) for code in found]
            return before if texts == [before] else None

        return str(self.wait("a code that a scanner reads", _read, seconds=10))

    def page(self) -> str:
        """Where the phone is and what it shows."""
        try:
            told = self.engine.run("return location.href + ': ' + (document.body ? document.body.innerText : '');")
        except PageLeft as left:
            return f"the page is being left ({left})"
        return " ".join(str(told).split())[:_SHOWN_CHARS]

    def _touch(self, find: str, *arguments: Any) -> None:
        """Touches what the script has put into `found`, once it stands still."""
        last: list[Point] = []

        def _stands_still() -> Point | None:
            at = self.ask(f"{find} return seen.place(found);", *arguments)
            is_still = at is not None and last[-1:] == [at]
            last.append(at)
            return at if is_still else None

        self.engine.tap(self.wait(f"something to press: {list(arguments)}", _stands_still))
