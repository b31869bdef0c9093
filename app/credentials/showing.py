"""What a page that shows a code is made of: the first answer, a page without script, the answer to a fetch.

All but a dozen values is the same on each page: the template is rendered once, with marks in their places, and filled from then on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, g, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from app.core import clock
from app.core.assets import asset
from app.core.display import grouped, masked_name
from app.core.locale import select_locale
from app.core.settings import settings
from app.credentials import queries, service
from app.credentials.code_format import HANDLE_DIGITS
from app.credentials.models import Credential
from app.credentials.qr import path_of
from app.credentials.queries import Shown

PAGE = "credentials/show_code.html"
BODY = "credentials/_unlocked.html"

_ISSUED_AT = slice(2 + HANDLE_DIGITS, 2 + HANDLE_DIGITS + 10)
_MARK = "\ue000"  # a private-use character: no text of ours holds it
# digits: the code. path: of its QR. typed: 4-4-4. holder: masked. Moments in Unix seconds; now_ms: the server's clock.
_VALUES = ("handle", "digits", "path", "issued_at", "last_used", "typed", "typed_until", "holder", "now_ms", "csrf")
_SPLIT = re.compile(f"{_MARK}(\\w+){_MARK}")


@dataclass(frozen=True)
class _Skeleton:
    parts: list[str]  # constant text and the name of a value, in turn
    style_hashes: frozenset[str]


def render_code(template: str, shown: Shown, *, is_paused: bool = False) -> str:
    """The page or the body with a code drawn now. Raises DomainError `code_renew` when unlocking again is needed."""
    values = _draw(shown)
    skeleton = _skeleton_of(template, is_specimen=shown.is_specimen, is_paused=is_paused)
    g.setdefault("style_hashes", set()).update(skeleton.style_hashes)
    return "".join(values[part] if i % 2 else part for i, part in enumerate(skeleton.parts))


def unlock_answer(credential: Credential, opened: service.Opened) -> dict[str, Any]:
    """The JSON that `showUnlocked` of static/js/enhance/code-page.js takes: the page, and the key if it is handed out now."""
    handle, key, device_id = opened.presentation.handle, opened.key, opened.presentation.device_id
    shown = queries.find_shown(device_id or 0, credential.person_id)
    if shown is None:
        raise RuntimeError("an opened presentation has a living credential")
    return {
        "handle": handle,
        "key": key.hex() if key else None,
        "title": f"医保码 · {settings.bureau_name}",
        "style": asset("css/code.css"),
        "page": render_code(BODY, shown),
    }


def _draw(shown: Shown) -> Mapping[str, str]:
    digits = service.draw_code(shown)
    number, until = shown.typed_number, shown.typed_until
    if number is None or service.is_typed_code_due(shown.typed_issued_at, shown.last_used):
        typed = service.keep_typed_code(digits[2 : 2 + HANDLE_DIGITS], shown.last_used)
        number, until = typed.number, typed.expires_at
    return {
        "handle": digits[2 : 2 + HANDLE_DIGITS],
        "digits": digits,
        "path": path_of(digits),
        "issued_at": digits[_ISSUED_AT],
        "last_used": str(shown.last_used),
        "typed": grouped(number),
        "typed_until": str(until),
        "holder": str(escape(masked_name(shown.name))),
        "now_ms": str(int(clock.timestamp() * 1000)),
        "csrf": _form_token(),
    }


def _form_token() -> str:
    """The session's form token. It has no time limit, so one signature of it serves all pages of the session."""
    secret = session.get("csrf_token")
    return _signed(secret) if secret else str(generate_csrf())


@lru_cache(maxsize=4096)
def _signed(secret: str) -> str:
    return str(generate_csrf())


def _skeleton_of(template: str, *, is_specimen: bool, is_paused: bool) -> _Skeleton:
    """The key holds all on which the constant text depends; base.html asks for the language and for larger type."""
    is_elder = current_app.jinja_env.globals["is_elder_mode"]()  # type: ignore[operator]
    times = (settings.code_period_seconds, settings.code_past_seconds, settings.relock_minutes * 60)
    key = (template, is_specimen, is_paused, is_elder, select_locale(), times)
    known: dict[object, _Skeleton] = current_app.extensions.setdefault("code_skeletons", {})
    if key not in known:
        known[key] = _render_skeleton(template, times, is_specimen=is_specimen, is_paused=is_paused)
    return known[key]


def _render_skeleton(template: str, times: tuple[int, int, int], *, is_specimen: bool, is_paused: bool) -> _Skeleton:
    marks: dict[str, Any] = {name: f"{_MARK}{name}{_MARK}" for name in _VALUES}
    period, lives, relock = times
    shown = {**marks, "is_specimen": is_specimen, "period": period, "lives": lives, "relock": relock}
    text = render_template(template, shown=shown, is_paused=is_paused, csrf_token=lambda: marks["csrf"])
    return _Skeleton(_SPLIT.split(text), frozenset(g.get("style_hashes", ())))
