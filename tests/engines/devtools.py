"""Chromium, from 64 to today's, by the DevTools protocol itself: the libraries that speak it no longer know the old ones."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.engines.channel import Channel, Refused
from tests.engines.engine import LANGUAGE, PORTRAIT, EngineError, PageLeft, Point
from tests.engines.processes import Program
from tests.kit.ports import free_port

_ARGS = (
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--no-first-run",
    "--disable-gpu",
    "--disable-software-rasterizer",  # else the oldest end with the process of their graphics
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    f"--lang={LANGUAGE}",
    "--user-data-dir={folder}/profile",
)
_LEFT = ("context", "navigated", "Cannot find", "Promise was collected")
_LOADS_WITHIN = 60.0


class Chromium:
    def __init__(self, executable: Path, *, environ: Mapping[str, str] | None = None) -> None:
        port = free_port()
        command = [str(executable), *_ARGS, f"--remote-debugging-port={port}", "about:blank"]
        self._program = Program(command, environ=environ)
        self._complaints: list[str] = []
        self._is_loaded = False
        try:
            told = self._program.wait_for(lambda: _ask(port, "version"), "its version")
            self.version = told["Browser"].partition("/")[2]
            page = self._program.wait_for(lambda: _page(port), "its page")
            self._channel = Channel(page, self._hear)
            for domain in ("Page", "Runtime", "Network", "DOM"):
                self._channel.ask(f"{domain}.enable")
            self._channel.ask("Network.setUserAgentOverride", userAgent=told["User-Agent"], acceptLanguage=LANGUAGE)
            self._channel.ask("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=1)
            self.turn(PORTRAIT)
        except BaseException:
            self._program.stop()
            raise

    def open(self, address: str) -> None:
        self._is_loaded = False
        self._channel.ask("Page.navigate", url=address)
        deadline = time.monotonic() + _LOADS_WITHIN
        while not self._is_loaded:
            if time.monotonic() > deadline:
                raise EngineError(f"{address} did not load within {_LOADS_WITHIN:.0f} s")
            self._channel.listen(0.5)

    def run(self, script: str, *arguments: Any) -> Any:
        expression = f"(function () {{ {script} }}).apply(null, {json.dumps(arguments)})"
        try:
            told = self._channel.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        except Refused as refused:
            if any(word in str(refused) for word in _LEFT):
                raise PageLeft(str(refused)) from None
            raise
        if details := told.get("exceptionDetails"):
            raise EngineError(_words_of(details))
        return told["result"].get("value")

    def tap(self, at: Point) -> None:
        """By the mouse: after a tap that was made up, today's Chromium takes no keys in some fields."""
        for kind in ("mousePressed", "mouseReleased"):
            self._channel.ask("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)

    def draw(self, line: Sequence[Point]) -> None:
        for number, (x, y) in enumerate(line):
            self._touch("touchMove" if number else "touchStart", [{"x": round(x), "y": round(y)}])
        self._touch("touchEnd", [])

    def type(self, text: str) -> None:
        for character in text:
            self._channel.ask("Input.dispatchKeyEvent", type="keyDown", key=character, text=character)
            self._channel.ask("Input.dispatchKeyEvent", type="keyUp", key=character)

    def upload(self, selector: str, file: Path) -> None:
        root = self._channel.ask("DOM.getDocument")["root"]["nodeId"]
        field = self._channel.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._channel.ask("DOM.setFileInputFiles", files=[str(file)], nodeId=field)

    def picture(self) -> bytes:
        return base64.b64decode(self._channel.ask("Page.captureScreenshot", format="png")["data"])

    def turn(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
        self._channel.ask("Emulation.setDeviceMetricsOverride", **metrics)

    def complaints(self) -> list[str]:
        self._channel.ask("Runtime.evaluate", expression="0")  # what was said before is heard before the answer
        heard, self._complaints = self._complaints, []
        return heard

    def close(self) -> None:
        self._channel.close()
        self._program.stop()

    def _touch(self, kind: str, points: list[dict[str, int]]) -> None:
        self._channel.ask("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def _hear(self, name: str, told: dict[str, Any]) -> None:
        if name == "Page.loadEventFired":
            self._is_loaded = True
        elif name == "Runtime.exceptionThrown":
            self._complaints.append(_words_of(told["exceptionDetails"]))


def _words_of(details: dict[str, Any]) -> str:
    thrown = details.get("exception", {}).get("description") or details["text"]
    return f"{thrown.splitlines()[0]} ({details.get('url', 'the page')}:{details['lineNumber'] + 1})"


def _ask(port: int, what: str) -> Any:
    """None while the browser does not answer yet."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/json/{what}", timeout=5, trust_env=False).json()
    except httpx.TransportError:
        return None


def _page(port: int) -> str | None:
    found = [target["webSocketDebuggerUrl"] for target in _ask(port, "list") or [] if target["type"] == "page"]
    return found[0] if found else None
