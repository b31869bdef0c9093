from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ScriptError(Base):
    """How often one line failed in one engine. No person, no address, no error text: its key is all that a page reports.

    line: in the file as it is served, without comments. engine_version: the version of Chromium or Firefox; for WebKit that of iOS
    or Safari; 0 if unknown. The row with an empty module counts the errors that came when the table was full.
    """

    __tablename__ = "script_error"

    module: Mapped[str] = mapped_column(String(80), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    engine: Mapped[str] = mapped_column(String(10), primary_key=True)
    engine_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
