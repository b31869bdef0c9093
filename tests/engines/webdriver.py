"""WebKit as Debian packages it, by its own WebDriver, in a window without a frame on a screen that nobody sees."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.engines.engine import PORTRAIT, EngineError, PageLeft, Point
from tests.engines.processes import Program
from tests.kit.ports import free_port

DRIVER = Path("/usr/bin/WebKitWebDriver")
_BROWSERS = "/usr/lib"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for a reference to an element
_LEFT = ("no such window", "no such frame", "stale element reference", "javascript error: page")
_LOADS_WITHIN_MS = 60_000


class WebKit:
    def __init__(self) -> None:
        self._screen = Program(["Xvfb", "-displayfd", "1", "-screen", "0", "1024x1024x24", "-nolisten", "tcp"])
        try:
            display = self._screen.wait_for(lambda: self._screen.log_text().strip().split("\n")[-1] or None, "its display")
            port = free_port()
            # The language of the machine is the browser's.
            told = {"DISPLAY": f":{display}", "GDK_BACKEND": "x11", "LANGUAGE": "zh_CN", "LANG": "C.UTF-8", "LC_ALL": ""}
            self._program = Program([str(DRIVER), f"--port={port}"], environ=told)
        except BaseException:
            self._screen.stop()
            raise
        try:
            self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=90, trust_env=False)
            self._program.wait_for(self._status, "that it is ready")
            session = self._begin()
            self.version = session["capabilities"]["browserVersion"]
            self._session = session["sessionId"]
            self._ask("POST", "/timeouts", {"pageLoad": _LOADS_WITHIN_MS, "script": _LOADS_WITHIN_MS})
            self.turn(PORTRAIT)
        except BaseException:
            self._stop()
            raise

    def open(self, address: str) -> None:
        try:
            self._ask("POST", "/url", {"url": address})
        except EngineError as error:
            if "unknown error" not in str(error):
                raise

    def run(self, script: str, *arguments: Any) -> Any:
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def tap(self, at: Point) -> None:
        self.draw([at])

    def draw(self, line: Sequence[Point]) -> None:
        """By the mouse: this driver has no finger."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in line]
        acts = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": acts})

    def type(self, text: str) -> None:
        field = self._ask("GET", "/element/active")[_ELEMENT]
        self._ask("POST", f"/element/{field}/value", {"text": text})

    def upload(self, selector: str, file: Path) -> None:
        field = self._ask("POST", "/element", {"using": "css selector", "value": selector})[_ELEMENT]
        self._ask("POST", f"/element/{field}/value", {"text": str(file)})

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def turn(self, size: tuple[int, int]) -> None:
        self._ask("POST", "/window/rect", {"x": 0, "y": 0, "width": size[0], "height": size[1]})

    def complaints(self) -> list[str]:
        """This driver tells nobody of them."""
        return []

    def close(self) -> None:
        with suppress(httpx.HTTPError):  # it is stopped all the same
            self._http.delete(f"/session/{self._session}")
        self._stop()

    def _stop(self) -> None:
        self._http.close()
        self._program.stop()
        self._screen.stop()

    def _status(self) -> bool | None:
        try:
            return self._http.get("/status").is_success
        except httpx.TransportError:
            return None

    def _begin(self) -> dict[str, Any]:
        browser = next(Path(_BROWSERS).glob("*/webkit2gtk-4.*/MiniBrowser"))
        options = {"binary": str(browser), "args": ["--automation", "--full-screen"]}
        answer = self._http.post("/session", json={"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        session: dict[str, Any] = _value(answer)
        return session

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        content: dict[str, Any] = {"json": body} if body is not None else {}
        return _value(self._http.request(method, f"/session/{self._session}{path}", **content))

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("POST", "/actions", {"actions": [source]})


def _value(answer: httpx.Response) -> Any:
    value = answer.json()["value"]
    if answer.is_success:
        return value
    words = f"{value['error']}: {value['message']}"
    raise (PageLeft if any(word in words for word in _LEFT) else EngineError)(words)
