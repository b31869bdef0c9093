from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SecretCheck(Base):
    """Lets a database recognise a secret it was made with: a MAC of a fixed text under that secret, salted for this database.

    The secrets have at least 256 random bits, so nobody can guess one from its MAC. name: SECRET_KEY, DATA_KEY, AUDIT_KEY,
    `DATA_KEY k2` for a later key of a list, or `CODE_MASTERS m1` for a master by its id.
    """

    __tablename__ = "secret_check"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    check_value: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]
    made_in: Mapped[str] = mapped_column(String(255))  # the instance folder of the secrets.env, and its machine
    is_proved: Mapped[bool]  # something stored opened under it, or the database began with it
    begins_at: Mapped[datetime | None] = mapped_column(default=None)  # when it begins to write, for a key that came by rotation
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)  # nothing needs it any more, and no process has to have it


class KeySweep(Base):
    """How far one step of re-encrypting under the newest DATA_KEY has come, so that it can continue after an interruption.

    step: a column or a folder of files. position: the last primary key or name that was looked at. failed: how many no key opened.
    """

    __tablename__ = "key_sweep"

    step: Mapped[str] = mapped_column(String(80), primary_key=True)
    key_number: Mapped[int]
    position: Mapped[str] = mapped_column(String(255))
    done: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
