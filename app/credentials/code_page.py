"""Builds the pages that show a code: the first response, a page without script, the response to a fetch.

All but a dozen values are the same on every page, so the template is rendered once with placeholders, which are filled each time.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import current_app, g, render_template, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from app.accounts.models import Device
from app.core import clock
from app.core.assets import asset
from app.core.display import grouped, masked_name
from app.core.installation import bureau_name
from app.core.locale import select_locale
from app.core.settings import settings
from app.credentials import queries, service
from app.credentials.code_format import HANDLE_DIGITS
from app.credentials.live_state import is_challenged, tells_news
from app.credentials.models import Credential, CredentialStatus
from app.credentials.qr import path_of
from app.credentials.queries import Shown
from app.credentials.service import Showable

PAGE = "credentials/show_code.html"
BODY = "credentials/_unlocked.html"
PEOPLE = "credentials/_people.html"
NEWS = "credentials/_news.html"

_ISSUED_AT = slice(2 + HANDLE_DIGITS, 2 + HANDLE_DIGITS + 10)
_MARK = "\ue000"  # a private-use character that none of our texts contains
# digits: the code. path: of its QR. typed: 4-4-4. label: 本人 or the relation. holder: masked name. of: the credential's id.
# people: the links to the other codes. here: this page's own address. Times in Unix seconds; now_ms: the server's clock.
_VALUES: tuple[str, ...] = ("handle", "digits", "path", "issued_at", "last_used", "typed", "typed_until", "now_ms", "csrf")
_VALUES += ("label", "holder", "colour", "of", "here", "people", "news")
_SPLIT = re.compile(f"{_MARK}(\\w+){_MARK}")


@dataclass(frozen=True)
class _Skeleton:
    parts: list[str]  # constant text and the name of a value, in turn
    style_hashes: frozenset[str]


def render_code(
    template: str, shown: Shown, showable: Showable, others: Sequence[Showable] = (), *, is_paused: bool = False
) -> str:
    """The page or the body with a code drawn now. others: the other codes this page links to.

    Raises DomainError `code_renew` when unlocking again is needed.
    """
    values = _draw(shown) | _describe(showable, others) | {"news": _news(shown)}
    skeleton = _skeleton_of(template, is_specimen=shown.is_specimen, is_paused=is_paused)
    g.setdefault("style_hashes", set()).update(skeleton.style_hashes)
    return "".join(values[part] if i % 2 else part for i, part in enumerate(skeleton.parts))


def render_shell() -> str:
    """The body without a code or a person: the phone fills it in when it has no network."""
    blank = dict.fromkeys(_VALUES, "") | {"is_specimen": False, "period": settings.code_period_seconds}
    blank |= {"lives": settings.code_past_seconds, "relock": settings.relock_minutes * 60, "colour": 0}
    return render_template(BODY, shown=blank, is_paused=False, csrf_token=lambda: "")


def unlock_answer(credential: Credential, opened: service.Opened, pin: str, holds: str | None = None) -> dict[str, Any]:
    """The JSON for `showUnlocked` in static/js/enhance/code-page.js: the page, and the keys that are handed out now.

    pin: the one it was unlocked with. holds: the handles whose keys the device says it has, comma separated.
    """
    handle, key, device = opened.presentation.handle, opened.key, opened.presentation.device
    shown = queries.find_shown_credential(device.id, credential.id) if device else None
    if shown is None or device is None:
        raise RuntimeError("an opened presentation has a living credential")
    wallet = service.open_wallet(device.account, device, holds=holds, wants_key=True, opened=opened)
    showables = [entry.showable for entry in wallet]
    showable = next(showable for showable in showables if showable.credential_id == credential.id)
    return {
        "handle": handle,
        "key": key.hex() if key else None,
        "title": f"{_('医保码')} · {bureau_name()}",
        "style": asset("css/code.css"),
        "page": render_code(BODY, shown, showable, showables),
        **_kept(device, pin, wallet),
    }


def new_keys_answer(device: Device, pin: str) -> dict[str, Any]:
    """Everything this device may keep for use without a network, under newly made handles."""
    return _kept(device, pin, service.open_wallet(device.account, device, wants_key=True))


def _kept(device: Device, pin: str, wallet: list[service.WalletEntry]) -> dict[str, Any]:
    """The argument of `storeWallet` in static/js/code/wallet.js."""
    lines = [_wallet_line(entry) for entry in wallet]
    return {"wallet": lines, "salt": service.salt_of(device, pin), "now": int(clock.timestamp() * 1000)}


def label_of(showable: Showable) -> str:
    return showable.label or str(_("本人"))


def address_of(showable: Showable) -> str:
    """The visitor's own code is at /code, a relative's at /code/<credential id>."""
    credential_id = showable.credential_id if showable.shown_by == "family" else None
    return url_for("credentials.show_code", credential_id=credential_id)


def _wallet_line(entry: service.WalletEntry) -> dict[str, Any]:
    showable = entry.showable
    return {
        "credential": showable.credential_id,
        "handle": entry.handle,
        "key": entry.key.hex() if entry.key else None,
        "label": label_of(showable),
        "name": masked_name(showable.name),
        "colour": showable.colour,
        "shown_by": showable.shown_by,
    }


def _draw(shown: Shown) -> dict[str, str]:
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
        "now_ms": str(int(clock.timestamp() * 1000)),
        "csrf": _form_token(),
    }


def _describe(showable: Showable, others: Sequence[Showable]) -> dict[str, str]:
    people = ""
    if any(other.credential_id != showable.credential_id for other in others):
        active = [other for other in others if other.status is CredentialStatus.active]
        people = render_template(PEOPLE, people=active, current=showable, label_of=label_of, address_of=address_of)
    return {
        "label": str(escape(label_of(showable))),
        "holder": str(escape(masked_name(showable.name))),
        "colour": str(showable.colour),
        "of": str(showable.credential_id),
        "here": address_of(showable),
        "people": people,
    }


def _news(shown: Shown) -> str:
    """The notice of a scan in the last minute, or of a desk that waits for two digits. Empty on most pages."""
    place = service.place_of_scan(shown.last_scan_id) if tells_news(shown) else None
    if place is None and not is_challenged(shown):
        return ""
    return render_template(
        NEWS,
        place=place,
        time=f"{clock.local(place.at):%H:%M}" if place else "",
        of=shown.credential_id,
        used=shown.last_used,
        is_challenged=is_challenged(shown),
        misses=shown.challenge_misses,
    )


def _form_token() -> str:
    """The session's form token. It has no time limit, so it is signed once for all pages of the session."""
    secret = session.get("csrf_token")
    return _signed(secret) if secret else str(generate_csrf())


@lru_cache(maxsize=4096)
def _signed(secret: str) -> str:
    return str(generate_csrf())


def _skeleton_of(template: str, *, is_specimen: bool, is_paused: bool) -> _Skeleton:
    """The cache key holds everything the constant text depends on; base.html depends on the language and on larger type."""
    look = cast(Callable[[], object], current_app.jinja_env.globals["page_look"])()
    times = (settings.code_period_seconds, settings.code_past_seconds, settings.relock_minutes * 60)
    key = (template, is_specimen, is_paused, look, select_locale(), times)
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
