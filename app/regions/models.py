"""Insured regions, the agencies that serve them, and their telephone numbers."""

from datetime import date
from enum import Enum, StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base


class RegionTag(StrEnum):
    hotline_checked = "hotline:checked"
    hotline_changed = "hotline:changed"


class RegionLevel(Enum):
    province = "province"
    city = "city"
    county = "county"
    pool = "pool"  # a city-level or provincial-level pool (市本级, 省直), written xx99 in the field: no place on a map


class Region(Base):
    """An administrative division (GB/T 2260) or a pool (admdvs)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    level: Mapped[RegionLevel]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None, index=True)
    is_insured_region: Mapped[bool] = mapped_column(default=False)  # may be chosen as 参保地


class Agency(Base):
    """An office of the bureau. The region is optional: 经开区 and 西咸新区 have no GB/T 2260 code."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None, index=True)
    parent_region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), default=None)
    position: Mapped[int] = mapped_column(default=0)
    hotlines: Mapped[list["Hotline"]] = relationship(
        back_populates="agency", default_factory=list, order_by="Hotline.position", cascade="all, delete-orphan"
    )


class Hotline(Base):
    """A telephone number citizens may call; `last_checked` is the day a person of the bureau last rang it."""

    __tablename__ = "hotline"

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
        """For a tel: link, E.164."""
        digits = "".join(c for c in self.phone if c.isdigit())
        return "+86" + digits.removeprefix("0")
