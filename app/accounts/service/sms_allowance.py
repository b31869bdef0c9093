"""How many SMS codes may be requested (contract 1): 1 a minute and 5 an hour for a number, 20 an hour from an address.

All unknown browsers share one allowance per number. A browser that has signed in to this number before has an allowance of its own.
So has somebody who is reporting a loss; it is counted by number and network, so that one stranger cannot block it either.
For IPv6 an address means a /64, and a /48 may ask three times as often. The whole bureau has an hourly limit as well.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from app.accounts.browser import Browser
from app.accounts.models import Account, Device, SmsCode
from app.accounts.queries import phone_hashes
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.display import moment
from app.core.errors import TooMany
from app.core.locks import one_at_a_time
from app.core.networks import network_of, wide_network_of
from app.core.settings import settings

WIDE_TIMES = 3  # fixed: the /48 an address lies in has this many times the allowance of the address
LOST_TIMES = 3  # fixed: a number whose loss is being reported has this many times the allowance it has from one network
_HOUR = timedelta(hours=1)  # fixed: the settings count by the hour


class Allowance(StrEnum):
    stranger = "stranger"
    known = "known"
    lost = "lost"


class BureauFull(TooMany):
    """The whole bureau has sent as many codes as it may in an hour."""


@dataclass(frozen=True)
class Asking:
    """A request for a code. phones: hashes of the number under each key it may be stored with. network, wide: hashes too."""

    allowance: Allowance
    phones: tuple[bytes, ...]
    network: bytes
    wide: bytes
    browser: bytes


def asking_of(phone: str, *, browser: Browser, address: str, is_lost: bool) -> Asking:
    phones = phone_hashes(phone)
    allowance = Allowance.known if _is_known(phones, browser) else Allowance.lost if is_lost else Allowance.stranger
    network = vault.keyed_hash("address", network_of(address))
    return Asking(allowance, phones, network, vault.keyed_hash("address", wide_network_of(address)), browser.hash)


def check_allowance(asking: Asking) -> None:
    """Inside the transaction that stores the code; parallel requests queue here. Raises TooMany, which says when to try again."""
    one_at_a_time(*asking.phones, asking.network, asking.wide)
    same = _same(asking)
    resend = timedelta(seconds=settings.sms_resend_seconds)
    ends = _full_until(same, 1, resend)
    if ends:
        wait = clock.seconds_until(ends)
        if _has_just_failed(same):
            raise TooMany(_("短信刚才没有发出去。"), _("请在 %(seconds)s 秒后再获取。", seconds=wait), wait)
        raise TooMany(_("短信刚刚发过。"), _("没有收到的话，请在 %(seconds)s 秒后再获取。", seconds=wait), wait)
    _check_number(same, settings.sms_per_number_hour)
    if asking.allowance is Allowance.known:
        return
    alike = SmsCode.allowance == asking.allowance
    if asking.allowance is Allowance.lost:
        _check_number(SmsCode.phone_hash.in_(asking.phones) & alike, settings.sms_per_number_hour * LOST_TIMES)
    _check_network((SmsCode.address_hash == asking.network) & alike, settings.sms_per_address_hour)
    if asking.wide != asking.network:
        _check_network((SmsCode.wide_hash == asking.wide) & alike, settings.sms_per_address_hour * WIDE_TIMES)
    ends = _full_until(alike, settings.sms_per_bureau_hour, _HOUR)
    if ends:
        what = _("这一小时要短信的人太多了。")
        raise BureauFull(what, _("请在 %(moment)s 以后再获取，急用请拨打热线。", moment=_shown(ends)), clock.seconds_until(ends))


def _same(asking: Asking) -> ColumnElement[bool]:
    """The codes that count against the number's allowance: of this browser, of this network, or of all unknown browsers."""
    of_number = SmsCode.phone_hash.in_(asking.phones)
    if asking.allowance is Allowance.known:
        return of_number & (SmsCode.browser_hash == asking.browser)
    of_allowance = of_number & (SmsCode.allowance == asking.allowance)
    return of_allowance & (SmsCode.wide_hash == asking.wide) if asking.allowance is Allowance.lost else of_allowance


def _is_known(phones: tuple[bytes, ...], browser: Browser) -> bool:
    known = (
        select(Device.id)
        .join(Account, Account.id == Device.account_id)
        .where(Device.browser_hash == browser.hash, Account.phone_hash.in_(phones), Device.revoked_at.is_(None))
    )
    return db.session.scalar(known) is not None


def _check_number(whose: ColumnElement[bool], count: int) -> None:
    ends = _full_until(whose, count, _HOUR)
    if ends:
        what = _("这个手机号一小时内已发过 %(count)s 条短信。", count=count)
        raise TooMany(what, _("请在 %(moment)s 以后再获取。", moment=_shown(ends)), clock.seconds_until(ends))


def _check_network(whose: ColumnElement[bool], count: int) -> None:
    ends = _full_until(whose, count, _HOUR)
    if ends:
        what = _("您所在的网络一小时内发出的短信太多了。")
        after = _("请在 %(moment)s 以后再获取，或换一个网络。", moment=_shown(ends))
        raise TooMany(what, after, clock.seconds_until(ends))


def _has_just_failed(whose: ColumnElement[bool]) -> bool:
    newest = select(SmsCode.failed_at).where(whose).order_by(SmsCode.id.desc()).limit(1)
    return db.session.scalar(newest) is not None


def _full_until(whose: ColumnElement[bool], count: int, window: timedelta) -> datetime | None:
    """When the oldest of the last `count` requests falls out of the window; None while there are fewer. Requests made while the
    server's clock was ahead do not count, so that nobody waits for hours because it had jumped."""
    now = clock.now()
    oldest = db.session.scalar(
        select(SmsCode.created_at)
        .where(whose, SmsCode.created_at > now - window, SmsCode.created_at <= now + clock.OTHER_CLOCKS)
        .order_by(SmsCode.created_at.desc())
        .offset(count - 1)
        .limit(1)
    )
    return oldest + window if oldest else None


def _shown(ends: datetime) -> str:
    return moment(ends.replace(second=0, microsecond=0) + timedelta(minutes=1))
