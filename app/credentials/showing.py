"""What a page that shows a code is made of: the first answer, a page without script, the answer to a fetch."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from app.core import clock
from app.core.assets import asset
from app.core.display import grouped, masked_name
from app.core.settings import settings
from app.credentials import service
from app.credentials.code_format import HANDLE_DIGITS
from app.credentials.models import Credential, Presentation
from app.credentials.qr import path_of

_ISSUED_AT = slice(2 + HANDLE_DIGITS, 2 + HANDLE_DIGITS + 10)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """Moments in Unix seconds; `now_ms` is the server's clock, by which the phone corrects its own."""

    handle: str
    digits: str
    path: str  # of the QR, see qr.path_of
    issued_at: int
    last_used: int
    typed: str  # 4-4-4
    typed_until: int
    holder: str  # masked
    is_specimen: bool
    period: int
    lives: int
    relock: int
    now_ms: int


def show_code_of(credential: Credential, presentation: Presentation) -> ShownCode:
    """Draws a code and keeps the twelve-digit number. Raises DomainError `code_renew` when unlocking again is needed."""
    digits = service.draw_code(presentation)
    handle, last_used = presentation.handle, presentation.last_used
    holder, is_specimen = masked_name(credential.person.name), credential.person.is_specimen
    typed = service.keep_typed_code(handle, last_used)
    return ShownCode(
        handle=handle,
        digits=digits,
        path=path_of(digits),
        issued_at=int(digits[_ISSUED_AT]),
        last_used=last_used,
        typed=grouped(typed.number),
        typed_until=typed.expires_at,
        holder=holder,
        is_specimen=is_specimen,
        period=settings.code_period_seconds,
        lives=settings.code_past_seconds,
        relock=settings.relock_minutes * 60,
        now_ms=int(clock.timestamp() * 1000),
    )


def unlock_answer(credential: Credential, opened: service.Opened) -> dict[str, Any]:
    """The JSON that `showUnlocked` of static/js/enhance/code-page.js takes: the page, and the key if it is handed out now."""
    shown = show_code_of(credential, opened.presentation)
    return {
        "handle": shown.handle,
        "key": opened.key.hex() if opened.key else None,
        "title": f"医保码 · {settings.bureau_name}",
        "style": asset("css/code.css"),
        "page": render_template("credentials/_unlocked.html", shown=shown),
    }
