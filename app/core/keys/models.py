from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SecretCheck(Base):
    """By what a database knows a secret it was made with: a MAC of a fixed text under that secret, salted for this database.

    The secrets are 256 random bits and more, so that nobody finds one by trying. name: SECRET_KEY, DATA_KEY, AUDIT_KEY or
    `CODE_MASTERS m1`, a master by its id.
    """

    __tablename__ = "secret_check"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    check_value: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]
    made_in: Mapped[str] = mapped_column(String(255))  # the instance folder whose secrets.env this was, and its machine
    is_proved: Mapped[bool]  # something stored opened under it, or the database began with it
