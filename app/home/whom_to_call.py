"""The telephone numbers a page names. While the database is away: the bureau's first office, as this process last read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.core import outages, store_away
from app.core.db import roll_back
from app.regions.queries import hotlines_for

_KNOWN = "known_lines"


class Office(Protocol):
    @property
    def name(self) -> str: ...


class Line(Protocol):
    """What `components/hotline.html` needs of a number."""

    @property
    def tel(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def agency(self) -> Office: ...


@dataclass(frozen=True, slots=True)
class _KnownOffice:
    name: str


@dataclass(frozen=True, slots=True)
class _KnownLine:
    tel: str
    phone: str
    label: str
    agency: _KnownOffice


def list_nearest_lines(region_code: str | None) -> Sequence[Line]:
    """Like `regions.queries.hotlines_for`; if the database does not answer, the last known lines, which may be none."""
    if store_away.is_away():
        return _last_known()
    try:
        found = hotlines_for(region_code)
    except SQLAlchemyError as error:  # whatever the error, the page that reports it must still be shown
        outages.note("hotlines_not_read", error)
        roll_back()
        return _last_known()
    if region_code is None:
        current_app.extensions[_KNOWN] = [
            _KnownLine(line.tel, line.phone, line.label, _KnownOffice(line.agency.name)) for line in found
        ]
    return found


def _last_known() -> Sequence[Line]:
    known: Sequence[Line] = current_app.extensions.get(_KNOWN, ())
    return known
