"""The bureau's figures, one day at a time. These tables hold only numbers and no personal data."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Figure(StrEnum):
    """What a value counts; the comment beside it says what its key is."""

    activated = "activated"  # own | held (by a relative)
    taken_over = "taken_over"  # a held credential became its person's own
    ended = "ended"
    frozen = "frozen"
    unfrozen = "unfrozen"
    step = "step"  # started | found | consented | proved | completed: persons a day
    step_refused = "step_refused"  # the refusal's code
    gave_up = "gave_up"  # the step an activation was left at
    scan = "scan"  # accepted scans; institution id
    scene = "scene"  # accepted scans; business type
    scan_refused = "scan_refused"  # institution id; 0 if unknown. A request for two digits is no refusal
    refusal = "refusal"  # the reason's integer
    decided = "decided"  # approved | returned | rejected
    in_time = "in_time"  # the same
    working_time = "working_time"  # the same; `spread` counts decisions by working minutes
    link_made = "link_made"
    link_ended = "link_ended"
    denied = "denied"
    denial_settled = "denial_settled"
    call = "call"  # what was done for a caller
    # The state at the end of the day, or now for today: it cannot be counted later for a past day
    frozen_now = "frozen_now"
    waiting = "waiting"
    late = "late"
    draft_open = "draft_open"  # the step the draft is at
    denial_open = "denial_open"
    # The state when the day began, counted once a day
    insured = "insured"
    living = "living"  # own | held
    links = "links"


NOW = (Figure.frozen_now, Figure.waiting, Figure.late, Figure.draft_open, Figure.denial_open)
MORNING = (Figure.insured, Figure.living, Figure.links)
OF_A_DAY = tuple(figure for figure in Figure if figure not in NOW and figure not in MORNING)


class DailyFigure(Base):
    """One number of one day in China. region: admdvs of the person, or of the institution that scanned; empty where unknown."""

    __tablename__ = "daily_figure"

    figure: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    # Of working_time, such as `{"90": 3}` in minutes: one row for any number of decisions, so that a page never reads more rows.
    spread: Mapped[str] = mapped_column(Text, default="")


class CountedDay(Base):
    """A day that was counted, and as of when. A later count replaces an earlier one."""

    __tablename__ = "counted_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
