"""Where and when a code was scanned. A higher feature knows who scans, and provides this."""

from dataclasses import dataclass
from datetime import datetime

from app.core.hooks import Hook


@dataclass(frozen=True, slots=True)
class ScanPlace:
    name: str
    at: datetime


provide_scan_place: Hook[[int], ScanPlace | None] = Hook(
    "credentials.provide_scan_place", "Where and when was this scan (its id), if it is known?"
)


def place_of_scan(scan_id: int | None) -> ScanPlace | None:
    return next(filter(None, provide_scan_place(scan_id)), None) if scan_id is not None else None
