"""The six digits of an authenticator (RFC 6238) as a second factor. The secret is drawn and shown once; a code is valid once.

The table of the people who have one has `totp_secret`, `totp_enrolled_at` and `totp_last_step`; the feature that owns it seals the
secret.
"""

import hmac
from typing import Any

import pyotp
import segno
from markupsafe import Markup
from sqlalchemy import update

from app.core import clock
from app.core.statements import won

STEP_SECONDS = 30  # fixed: every authenticator counts in steps of 30 seconds (RFC 6238, ASVS 6.5.5)
_TOLERANCE = (0, -1, 1)  # steps a phone's clock may be off (RFC 6238, 5.2)


def draw_secret() -> str:
    """160 bits in base32."""
    return pyotp.random_base32()


def spend_code(owner: Any, secret: str, code: str) -> bool:
    """One conditional UPDATE: a time step is used at most once, and no earlier one after it (ASVS 6.5.1).

    owner: the row the secret belongs to; the first right code enrols the secret. Inside a transaction.
    """
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    model = type(owner)
    return won(
        update(model)
        .where(model.id == owner.id, model.totp_last_step < step)
        .values(totp_last_step=step, totp_enrolled_at=owner.totp_enrolled_at or clock.now())
    )


def picture(secret: str, *, name: str, issuer: str) -> Markup:
    """The QR code that an authenticator reads (otpauth://), as inline SVG."""
    drawn = segno.make(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer), micro=False, error="m")
    return Markup(drawn.svg_inline(omitsize=True, border=4, light="white", svgclass="enrolment-qr", lineclass=None))  # noqa: S704


def _step_of(secret: str, code: str) -> int | None:
    totp, current = pyotp.TOTP(secret), int(clock.timestamp()) // STEP_SECONDS
    near = (current + off for off in _TOLERANCE)
    return next((step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())), None)
