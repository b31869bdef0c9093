"""Questions and answers as JSON over one WebSocket, with events in between: what both DevTools and WebDriver BiDi speak."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.engines.engine import EngineError

_ANSWERS_WITHIN = 60.0
_MOST_BYTES = 64 * 1024 * 1024  # of one message: a picture of the screen


class Refused(EngineError):
    """The browser answered with an error; its text says which."""


class Channel:
    def __init__(self, address: str, hear: Callable[[str, dict[str, Any]], None]) -> None:
        """hear: told each event, by its name and what came with it."""
        self._hear = hear
        self._last = 0
        self._opened = ExitStack()
        kept_open = connect(address, max_size=_MOST_BYTES, compression=None, proxy=None, ping_interval=None)
        self._socket = self._opened.enter_context(kept_open)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Raises Refused."""
        self._last += 1
        asked = self._last
        self._socket.send(json.dumps({"id": asked, "method": method, "params": parameters}))
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while (message := self._receive(deadline - time.monotonic(), method)).get("id") != asked:
            self._note(message)
        if "error" in message:
            error = message["error"]  # DevTools say all in one, BiDi in two fields
            words = error["message"] if isinstance(error, dict) else f"{error}: {message.get('message')}"
            raise Refused(f"{method}: {words}")
        result: dict[str, Any] = message["result"]
        return result

    def listen(self, seconds: float) -> None:
        """Hears one event, or none within that time."""
        with suppress(TimeoutError):
            self._note(json.loads(self._socket.recv(timeout=seconds)))

    def close(self) -> None:
        self._opened.close()

    def _receive(self, seconds: float, method: str) -> dict[str, Any]:
        try:
            message: dict[str, Any] = json.loads(self._socket.recv(timeout=max(seconds, 0)))
        except TimeoutError:
            raise EngineError(f"no answer to {method} within {_ANSWERS_WITHIN:.0f} s") from None
        except ConnectionClosed as closed:
            raise EngineError(f"the browser hung up at {method}: {closed}") from None
        return message

    def _note(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self._hear(message["method"], message.get("params", {}))
