"""Where a code was scanned. Who scans is the business of a higher feature: it registers what finds the name of the place."""

from collections.abc import Callable

Finder = Callable[[int], str]
_finders: list[Finder] = []


def use_for_scan_place(finder: Finder) -> None:
    """`finder(scan_id)` gives the place's name, or nothing when the scan is unknown."""
    if finder not in _finders:
        _finders.append(finder)


def place_of_scan(scan_id: int | None) -> str:
    names = (finder(scan_id) for finder in _finders) if scan_id is not None else iter(())
    return next(filter(None, names), "")
