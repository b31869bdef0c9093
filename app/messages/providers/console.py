"""Sends nothing: the demo shows the message on the page that asked for it. Production refuses to start with it."""

from collections.abc import Callable


class ConsoleSender:
    """`keep` stores the message for the demo page; neither text nor number is logged."""

    def __init__(self, keep: Callable[[str, str, str], None]) -> None:
        self._keep = keep

    def send(self, phone: str, text: str, *, key: str) -> None:
        self._keep(phone, text, key)
