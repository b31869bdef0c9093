"""Firefox by WebDriver BiDi, which it speaks itself: no driver stands between."""

import base64
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException

from tests.engines.channel import Channel, Refused
from tests.engines.engine import LANGUAGE, PORTRAIT, EngineError, PageLeft, Point
from tests.engines.processes import Program
from tests.kit.ports import free_port

EXECUTABLE = Path("/usr/bin/firefox-esr")
_PREFERENCES = {
    "intl.accept_languages": LANGUAGE,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.serviceWorkers.enabled": True,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",  # nothing is asked of anybody else
    "toolkit.telemetry.enabled": False,
    "ui.useOverlayScrollbars": 1,  # as on a phone: a bar takes no room
}
_LEFT = ("no such frame", "DiscardedBrowsingContext", "context has been discarded", "AbortError", "no such window", "unloaded")


class Firefox:
    def __init__(self) -> None:
        port = free_port()
        profile = "{folder}/profile"
        self._program = Program(
            [str(EXECUTABLE), "--headless", "--no-remote", "--profile", profile, f"--remote-debugging-port={port}", "about:blank"],
            prepare=_write_profile,
        )
        self._complaints: list[str] = []
        try:
            self._channel = self._program.wait_for(lambda: self._connect(port), "its address")
            told = self._channel.ask("session.new", capabilities={})
            self.version = told["capabilities"]["browserVersion"]
            self._page = self._channel.ask("browsingContext.getTree")["contexts"][0]["context"]
            self._channel.ask("session.subscribe", events=["log.entryAdded"])
            self.turn(PORTRAIT)
        except BaseException:
            self._program.stop()
            raise

    def open(self, address: str) -> None:
        try:
            self._channel.ask("browsingContext.navigate", context=self._page, url=address, wait="complete")
        except Refused as refused:
            if "NS_" not in str(refused) and "Error" not in str(refused):
                raise

    def run(self, script: str, *arguments: Any) -> Any:
        declaration = f"(told) => {{ const answer = (function () {{ {script} }}).apply(null, JSON.parse(told)); "
        declaration += "return Promise.resolve(answer).then((value) => JSON.stringify(value === undefined ? null : value)); }"
        told = self._evaluate(declaration, [{"type": "string", "value": json.dumps(arguments)}])
        return json.loads(told["value"])

    def tap(self, at: Point) -> None:
        self.draw([at])

    def draw(self, line: Sequence[Point]) -> None:
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in line]
        acts = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": acts})

    def type(self, text: str) -> None:
        acts = [{"type": kind, "value": character} for character in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": acts})

    def upload(self, selector: str, file: Path) -> None:
        told = self._evaluate("(selector) => document.querySelector(selector)", [{"type": "string", "value": selector}])
        element = {"sharedId": told["sharedId"]}
        self._channel.ask("input.setFiles", context=self._page, element=element, files=[str(file)])

    def picture(self) -> bytes:
        return base64.b64decode(self._channel.ask("browsingContext.captureScreenshot", context=self._page)["data"])

    def turn(self, size: tuple[int, int]) -> None:
        viewport = {"width": size[0], "height": size[1]}
        self._channel.ask("browsingContext.setViewport", context=self._page, viewport=viewport, devicePixelRatio=2)

    def complaints(self) -> list[str]:
        self._channel.ask("session.status")  # what was said before is heard before the answer
        heard, self._complaints = self._complaints, []
        return heard

    def close(self) -> None:
        self._channel.close()
        self._program.stop()

    def _evaluate(self, declaration: str, arguments: list[dict[str, str]]) -> dict[str, Any]:
        target = {"context": self._page}
        try:
            told = self._channel.ask(
                "script.callFunction", functionDeclaration=declaration, target=target, arguments=arguments, awaitPromise=True
            )
        except Refused as refused:
            if any(word in str(refused) for word in _LEFT):
                raise PageLeft(str(refused)) from None
            raise
        if told["type"] == "exception":
            raise EngineError(told["exceptionDetails"]["text"])
        result: dict[str, Any] = told["result"]
        return result

    def _act(self, source: dict[str, Any]) -> None:
        self._channel.ask("input.performActions", context=self._page, actions=[source])

    def _connect(self, port: int) -> Channel | None:
        try:
            return Channel(f"ws://127.0.0.1:{port}/session", self._hear)
        except (OSError, WebSocketException):
            return None

    def _hear(self, name: str, told: dict[str, Any]) -> None:
        """What a page no longer loads because it is being left is told as if a script had failed: that is none."""
        is_error = name == "log.entryAdded" and told["type"] == "javascript" and told["level"] == "error"
        if is_error and not told["text"].startswith("Failed to load"):
            self._complaints.append(told["text"])


def _write_profile(folder: Path) -> None:
    profile = folder / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines) + "\n")
