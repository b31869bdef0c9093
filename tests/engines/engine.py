"""What a test may ask of a browser, whichever engine it is: few acts, each as a person's finger or eye would do it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

Point = tuple[float, float]  # CSS pixels from the upper left corner of what is seen

PORTRAIT = (390, 844)
LANDSCAPE = (844, 390)
LANGUAGE = "zh-CN"


class EngineError(Exception):
    """The browser did not do what it was told."""


class PageLeft(EngineError):
    """The page was left while it was asked: ask the next one."""


class Engine(Protocol):
    """One browser with one page, as new: nothing in it is signed in."""

    version: str

    def open(self, address: str) -> None:
        """Back when the page has loaded, or when the browser shows a page of its own that says it did not."""

    def run(self, script: str, *arguments: Any) -> Any:
        """script: the body of a function in ES5, which the oldest engine understands too; what it returns, made of JSON.

        Raises PageLeft.
        """

    def tap(self, at: Point) -> None: ...

    def draw(self, line: Sequence[Point]) -> None:
        """One stroke: down, along the points, up."""

    def type(self, text: str) -> None:
        """Into the field that has the focus."""

    def upload(self, selector: str, file: Path) -> None:
        """Gives the one file field that the selector names this file, as its dialogue would."""

    def picture(self) -> bytes:
        """A PNG of what is seen."""

    def turn(self, size: tuple[int, int]) -> None:
        """The same phone held the other way. size: width and height in CSS pixels."""

    def complaints(self) -> list[str]:
        """Errors of scripts that nobody caught, since the last call. Empty where the engine tells nobody."""

    def close(self) -> None:
        """Ends the browser and all it has started."""
