"""One engine's walk through all the journeys: what became of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.cable import Cable
from tests.engines.engine import EngineError
from tests.engines.phone import Phone
from tests.kit.demo import DemoServer

PERSON = "worker"
PIN = "370294"


@dataclass
class Walk:
    """A citizen with a phone on the way through the site."""

    phone: Phone
    server: DemoServer
    cable: Cable
    folder: Path
    period_s: int
    rounds: int  # how often what goes wrong now and then is done
    scans: int = 0
    last_second: int = 0  # that of the newest code that was scanned, which codes scanned in quick succession put ahead of the clock

    def scan(self, code: str, **how: str) -> dict[str, Any]:
        """What the desk's system is told. how: as for `DemoServer.scan`."""
        self.scans += 1
        self.last_second = max(self.last_second, issued_at(code))
        answer: dict[str, Any] = self.server.scan(code, biz_no=f"engine-{self.scans}", **how).json()
        return answer


@dataclass(frozen=True)
class Journey:
    name: str
    walk: Callable[[Walk], str | None]  # what it returns is a remark: how it was done, where there is more than one way
    is_needed: bool = False  # none after it can be walked when it failed
    is_short: bool = True  # also walked where only the short way is asked


@dataclass
class Result:
    """What became of one journey."""

    journey: str
    words: str  # "ok", "ok, …" or why not
    error: Exception | None = field(default=None, repr=False)
    is_walked: bool = False  # to its end


def issued_at(code: str) -> int:
    """The second a code was drawn for, which stands behind its handle."""
    return int(code[22:32])


def walk_all(walk: Walk, journeys: list[Journey], limits: dict[str, str]) -> list[Result]:
    """limits: by journey, why this engine does not walk it."""
    results: list[Result] = []
    failed = ""
    for journey in journeys:
        if reason := limits.get(journey.name):
            results.append(Result(journey.name, reason))
        elif failed:
            results.append(Result(journey.name, f"not reached: {failed} failed"))
        else:
            results.append(_walk_one(walk, journey))
            if journey.is_needed and not results[-1].is_walked:
                failed = journey.name
    return results


def _walk_one(walk: Walk, journey: Journey) -> Result:
    """Errors that nobody caught are a failure of their own, also where the way was found all the same."""
    engine = walk.phone.engine
    engine.complaints()
    try:
        remark = journey.walk(walk)
        words = f"ok, {remark}" if remark else "ok"
        complaints = engine.complaints()
    except (AssertionError, EngineError) as error:
        error.add_note(f"in the journey: {journey.name}")
        return Result(journey.name, f"**fails**: {_first_line(error)}", error)
    if complaints:
        failed = AssertionError(f"in the journey {journey.name} scripts failed: {complaints}")
        return Result(journey.name, f"**{words}, but scripts fail**: {_first_line(complaints[0])}", failed, is_walked=True)
    return Result(journey.name, words, is_walked=True)


def _first_line(error: object) -> str:
    return str(error).split("\n")[0].partition("; ")[0][:160]
