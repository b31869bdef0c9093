"""Insured regions, the agencies responsible for them, and their telephone numbers."""

from datetime import date, datetime
from enum import Enum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.audit.named import Named, Subject
from app.core.db import Base


class RegionLevel(Enum):
    province = "province"
    city = "city"
    county = "county"
    pool = "pool"  # a city-level or provincial-level pool (市本级, 省直), written xx99 in the field: no place on a map

    @property
    def label(self) -> str:
        return str(_LEVELS[self])


_LEVELS = {
    RegionLevel.province: _l("省"),
    RegionLevel.city: _l("市"),
    RegionLevel.county: _l("区县"),
    RegionLevel.pool: _l("统筹区（市本级、省直）"),
}


class Region(Named, Base):
    """An administrative division (GB/T 2260) or a pool (admdvs). A retired one cannot be chosen anew, but data keeps it."""

    __tablename__ = "region"
    audit_kind = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    level: Mapped[RegionLevel]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None, index=True)
    is_insured_region: Mapped[bool] = mapped_column(default=False)  # can be chosen as 参保地 unless it is retired
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)  # by staff: since then the release's file does not change it

    @property
    def may_be_chosen(self) -> bool:
        return self.is_insured_region and self.retired_at is None


class Agency(Subject, Base):
    """An office of the bureau. The region is optional: 经开区 and 西咸新区 have no GB/T 2260 code. Retired ones are hidden."""

    __tablename__ = "agency"
    audit_kind = "agency"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None, index=True)
    parent_region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    hotlines: Mapped[list["Hotline"]] = relationship(
        back_populates="agency", default_factory=list, order_by="Hotline.position", cascade="all, delete-orphan"
    )


class Hotline(Subject, Base):
    """A telephone number that citizens may call; `last_checked` is the day on which staff last rang it."""

    __tablename__ = "hotline"
    audit_kind = "hotline"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True, init=False)
    phone: Mapped[str] = mapped_column(String(20))  # as people write it: 0838-2208900
    label: Mapped[str] = mapped_column(String(40), default="")
    last_checked: Mapped[date | None] = mapped_column(default=None)
    source: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(default=0)
    agency: Mapped[Agency] = relationship(back_populates="hotlines", init=False)

    @property
    def tel(self) -> str:
        """The number for a tel: link, in E.164; five digits (12393) are dialled as they are."""
        digits = "".join(c for c in self.phone if c.isdigit())
        return digits if len(digits) == 5 else "+86" + digits.removeprefix("0")
