"""The one table of the bureau's pages themselves: when staff were reminded of something."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Reminder(Base):
    """When the bureau last reminded its staff of something that is still to be done."""

    __tablename__ = "desk_reminder"

    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    said_at: Mapped[datetime]
