"""The columns of everybody who signs in by user name, and the browsers in which they did."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from app.core import clock
from app.core.db import Base


class NamedUser(MappedAsDataclass, kw_only=True):
    """Somebody with a username and a password. A one-time password must be replaced, and expires after `one_time_password_days`."""

    username: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    must_choose_password: Mapped[bool] = mapped_column(default=True)
    password_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_enrolled_at: Mapped[datetime | None] = mapped_column(default=None)  # from then on a sign-in asks for a code too
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def may_sign_in(self) -> bool:
        return self.disabled_at is None and (self.password_expires_at is None or self.password_expires_at > clock.now())


class KnownBrowser(Base):
    """A browser in which this member or operator has signed in fully: guesses in it are counted apart from those of strangers."""

    __tablename__ = "known_browser"

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)  # staff:3, operator:7
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
