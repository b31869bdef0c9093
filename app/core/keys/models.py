from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SecretCheck(Base):
    """By what a database knows a secret it was made with: a MAC of a fixed text under that secret, salted for this database.

    The secrets are 256 random bits and more, so that nobody finds one by trying. name: SECRET_KEY, DATA_KEY, AUDIT_KEY,
    `DATA_KEY k2` for a later one of a list, or `CODE_MASTERS m1`, a master by its id.
    """

    __tablename__ = "secret_check"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    check_value: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]
    made_in: Mapped[str] = mapped_column(String(255))  # the instance folder whose secrets.env this was, and its machine
    is_proved: Mapped[bool]  # something stored opened under it, or the database began with it
    begins_at: Mapped[datetime | None] = mapped_column(default=None)  # from when on it writes, for a key that came by rotation
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)  # nothing needs it any more, and nobody asks for it


class KeySweep(Base):
    """How far one step of re-encrypting under the newest DATA_KEY has come, so that it goes on where it was broken off.

    step: a column or a folder of files. position: the last primary key or name that was looked at. failed: what no key opened.
    """

    __tablename__ = "key_sweep"

    step: Mapped[str] = mapped_column(String(80), primary_key=True)
    key_number: Mapped[int]
    position: Mapped[str] = mapped_column(String(255))
    done: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
