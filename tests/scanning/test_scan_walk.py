"""A scan followed through the code: gathered, judged, settled. Whoever reads along is not sent back and forth between floors."""

import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from flask import Flask

from tests.scanning.desk import Desk, Telephone

ROOT = Path(__file__).parents[2]
MOST_CLIMBS = 6


def _floors() -> dict[str, int]:
    """A feature's floor: imports go downward only."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    return {name.removeprefix("app."): -place for place, name in enumerate(contract["layers"])}


def _features_entered(desk: Desk, code: str) -> list[str]:
    """By the functions called from `redeem_code` to its answer, in order. Core, the ground everybody stands on, is left out."""
    found: list[str] = []
    is_inside = False

    def note(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal is_inside
        if event in ("call", "return") and frame.f_code.co_name == "redeem_code":
            is_inside = event == "call"
        path = Path(frame.f_code.co_filename)
        if is_inside and event == "call" and path.is_relative_to(ROOT / "app"):
            found.append(path.relative_to(ROOT / "app").parts[0])

    sys.setprofile(note)
    try:
        assert desk.scan(code).json["code"] == 0
    finally:
        sys.setprofile(None)
    return [name for name in found if name != "core"]


@pytest.mark.one_database
def test_a_scan_is_not_sent_up_and_down(app: Flask, desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(1))
    floors = _floors()

    walk = _features_entered(desk, telephone.draw())

    climbs = [(lower, upper) for lower, upper in pairwise(walk) if floors[upper] > floors[lower]]
    assert 1 <= len(climbs) <= MOST_CLIMBS, climbs
