"""The only clock. Rules and display run on Asia/Shanghai, storage on UTC; tests move it."""

import math
import os
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
OTHER_CLOCKS = timedelta(minutes=1)  # fixed: how far the clocks of two serving machines may differ

_offset = 0.0
_stopped_at: float | None = None
_offset_file = ""


def follow_file(path: str) -> None:
    """From now on the offset in seconds is read from this file. Tests use it to move the clock of a running server."""
    global _offset_file
    _offset_file = path


def move(by: timedelta) -> None:
    """Moves this process's clock forward (tests only)."""
    global _offset
    _offset += by.total_seconds()


def stop() -> None:
    """From now on only `move` moves this process's clock, so that no test depends on where a second ends (tests only)."""
    global _stopped_at
    _stopped_at = time.time()


def reset() -> None:
    """Back to the machine's own time, running."""
    global _offset, _stopped_at
    _offset = 0.0
    _stopped_at = None


def timestamp() -> float:
    """Unix seconds."""
    offset = _offset
    if _offset_file and os.path.exists(_offset_file):
        with open(_offset_file) as f:
            offset += float(f.read() or 0)
    return (time.time() if _stopped_at is None else _stopped_at) + offset


def machine_now() -> datetime:
    """The time of the machine's own clock, even if tests moved ours. Only for comparing with the clocks of other machines."""
    return datetime.fromtimestamp(time.time(), UTC)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.fromtimestamp(timestamp(), UTC)


def today() -> date:
    """The calendar day in China."""
    return now().astimezone(CHINA).date()


def midnight(day: date) -> datetime:
    """The first moment of this day in China."""
    return datetime.combine(day, datetime.min.time(), CHINA)


def local(moment: datetime) -> datetime:
    return moment.astimezone(CHINA)


def seconds_until(moment: datetime) -> int:
    """Whole seconds, rounded up; 0 when the moment has come."""
    return max(0, math.ceil((moment - now()).total_seconds()))
