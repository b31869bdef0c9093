from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ScriptError(Base):
    """How often one line failed in one engine. No person, no address, no words of anybody: its key is all that a page tells.

    line: of the file as it is served, without comments. engine_version: of Chromium and Firefox the version, of WebKit that of iOS
    or Safari; 0 where none is known. The row with an empty module counts what came when the table was full.
    """

    __tablename__ = "script_error"

    module: Mapped[str] = mapped_column(String(80), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    engine: Mapped[str] = mapped_column(String(10), primary_key=True)
    engine_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
