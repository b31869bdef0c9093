"""Six digits by SMS: asked for within limits, spent once, bound to number, purpose and browser (ASVS 6.5.1, 6.6.2, 6.6.3)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from app.accounts.browser import Browser
from app.accounts.models import AccountTag, SmsCode, SmsPurpose
from app.accounts.queries import phone_hash, phone_hashes
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.display import moment
from app.core.errors import TooMany
from app.core.installation import bureau_name
from app.core.queueing import one_at_a_time
from app.core.settings import settings
from app.messages.service import Sending, SendingState, send_sms

_HOUR = timedelta(hours=1)
_OTHER_CLOCKS = timedelta(minutes=1)  # of two machines that serve, one is a little ahead


class CodeState(Enum):
    right = "right"
    wrong = "wrong"
    worn_out = "worn_out"  # guessed wrong as often as allowed
    used = "used"
    expired = "expired"
    unasked = "unasked"  # none was asked for: not for this number, not in this browser or not for this purpose


@dataclass(frozen=True)
class CodeCheck:
    """guesses_left counts only for `wrong`; retry_after: seconds until a new code may be asked for."""

    state: CodeState
    guesses_left: int = 0
    retry_after: int = 0

    @property
    def ok(self) -> bool:
        return self.state is CodeState.right

    @property
    def status(self) -> int:
        """HTTP status of the refusal."""
        return 429 if self.state is CodeState.worn_out else 422

    @property
    def sentence(self) -> str:
        """What happened and what to do now; empty when the code was right."""
        sentences: dict[CodeState, str] = {
            CodeState.right: "",
            CodeState.wrong: _("验证码不对，请看一下最近一条短信。还可以再试 %(count)s 次。", count=self.guesses_left),
            CodeState.worn_out: _("验证码已输错 %(count)s 次，不能再用。", count=settings.sms_guesses) + self._after(),
            CodeState.used: _("这个验证码已经用过了。") + self._after(),
            CodeState.expired: _("验证码已过期。") + self._after(),
            CodeState.unasked: _("还没有在这台设备上为这个手机号获取验证码。") + self._after(),
        }
        return sentences[self.state]

    def _after(self) -> str:
        if self.retry_after:
            return str(_("请在 %(seconds)s 秒后重新获取验证码。", seconds=self.retry_after))
        return str(_("请点“获取验证码”。"))


def request_sms_code(phone: str, purpose: SmsPurpose, *, browser: Browser, address: str) -> Sending:
    """Sends a new code; earlier ones of this number, browser and purpose count no more.

    phone: as parse_mobile returns it. address: the client's IP address. The answer does not depend on whether the number has an
    account. Raises TooMany with the moment from which it will work.
    """
    at_phone, at_address = phone_hash(phone), vault.keyed_hash("address", address)
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction():
        one_at_a_time(at_phone, at_address)
        _check_limits(at_phone, at_address)
        asked = SmsCode(
            phone_hash=at_phone,
            phone_encrypted=vault.encrypt("phone", phone.encode(), bound_to=at_phone),
            address_hash=at_address,
            browser_hash=browser.hash,
            purpose=purpose,
            code_hash=_code_hash(at_phone, purpose, browser, code),
            created_at=clock.now(),
        )
        db.session.add(asked)
        db.session.flush()
        code_id = asked.id
        audit.record(AccountTag.sms_requested, actor="visitor", purpose=purpose.value)
        sending = send_sms(phone, _text_of(code))
    if sending.state is SendingState.failed:
        _note_failed(code_id)
    return sending


@transaction()
def _note_failed(code_id: int) -> None:
    """The code stays good: a gateway that did not answer in time may have sent it all the same."""
    db.session.execute(update(SmsCode).where(SmsCode.id == code_id).values(failed_at=clock.now()))


def spend_sms_code(phone: str, code: str, purpose: SmsPurpose, *, browser: Browser) -> CodeCheck:
    """Uses one guess; a right code is good once. The refusal is a result, so that the guess stays counted.

    Call it inside the transaction of what the code opens.
    """
    with transaction():
        now = clock.now()
        newest = db.session.scalar(
            select(SmsCode)
            .where(SmsCode.phone_hash.in_(phone_hashes(phone)), SmsCode.browser_hash == browser.hash, SmsCode.purpose == purpose)
            .order_by(SmsCode.id.desc())
            .limit(1)
        )
        if newest is None:
            return _refused(CodeState.unasked)
        if newest.created_at <= now - timedelta(seconds=settings.sms_valid_seconds):
            return _refused(CodeState.used if newest.used_at else CodeState.expired, newest)
        open_still = SmsCode.used_at.is_(None) & (SmsCode.guesses < settings.sms_guesses)
        if not _update(newest, open_still, guesses=SmsCode.guesses + 1):
            db.session.refresh(newest)
            return _refused(CodeState.used if newest.used_at else CodeState.worn_out, newest)
        if not hmac.compare_digest(newest.code_hash, _code_hash(newest.phone_hash, purpose, browser, code)):
            db.session.refresh(newest)
            left = settings.sms_guesses - newest.guesses
            return _refused(CodeState.wrong if left else CodeState.worn_out, newest, left)
        if not _update(newest, SmsCode.used_at.is_(None), used_at=now):
            return _refused(CodeState.used, newest)
        return CodeCheck(CodeState.right)


def _update(code: SmsCode, still: ColumnElement[bool], **values: object) -> bool:
    """The one conditional UPDATE that parallel guesses queue at."""
    result = db.session.execute(
        update(SmsCode).where(SmsCode.id == code.id, still).values(**values).execution_options(synchronize_session=False)
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _refused(state: CodeState, code: SmsCode | None = None, left: int = 0) -> CodeCheck:
    audit.record(AccountTag.sms_refused, actor="visitor", outcome=state.value)
    wait = 0
    if code is not None:
        wait = max(0, _seconds_until(code.created_at + timedelta(seconds=settings.sms_resend_seconds)))
    return CodeCheck(state, left, wait)


def _check_limits(at_phone: bytes, at_address: bytes) -> None:
    resend = timedelta(seconds=settings.sms_resend_seconds)
    ends = _full_until(SmsCode.phone_hash == at_phone, 1, resend)
    if ends:
        wait = _seconds_until(ends)
        if _has_just_failed(at_phone):
            raise TooMany(_("短信刚才没有发出去。"), _("请在 %(seconds)s 秒后再获取。", seconds=wait), wait)
        raise TooMany(_("短信刚刚发过。"), _("没有收到的话，请在 %(seconds)s 秒后再获取。", seconds=wait), wait)
    ends = _full_until(SmsCode.phone_hash == at_phone, settings.sms_per_number_hour, _HOUR)
    if ends:
        what = _("这个手机号一小时内已发过 %(count)s 条短信。", count=settings.sms_per_number_hour)
        raise TooMany(what, _("请在 %(moment)s 以后再获取。", moment=moment(_next_minute(ends))), _seconds_until(ends))
    ends = _full_until(SmsCode.address_hash == at_address, settings.sms_per_address_hour, _HOUR)
    if ends:
        what = _("您所在的网络一小时内发出的短信太多了。")
        after = _("请在 %(moment)s 以后再获取，或换一个网络。", moment=moment(_next_minute(ends)))
        raise TooMany(what, after, _seconds_until(ends))


def _has_just_failed(at_phone: bytes) -> bool:
    newest = select(SmsCode.failed_at).where(SmsCode.phone_hash == at_phone).order_by(SmsCode.id.desc()).limit(1)
    return db.session.scalar(newest) is not None


def _full_until(whose: ColumnElement[bool], count: int, window: timedelta) -> datetime | None:
    """When the oldest of the last `count` leaves the window; None while there are fewer. Those asked for while the server's clock
    was ahead do not count: nobody waits for hours because it had jumped."""
    now = clock.now()
    oldest = db.session.scalar(
        select(SmsCode.created_at)
        .where(whose, SmsCode.created_at > now - window, SmsCode.created_at <= now + _OTHER_CLOCKS)
        .order_by(SmsCode.created_at.desc())
        .offset(count - 1)
        .limit(1)
    )
    return oldest + window if oldest else None


def _seconds_until(at: datetime) -> int:
    return clock.seconds_until(at)


def _next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _code_hash(at_phone: bytes, purpose: SmsPurpose, browser: Browser, code: str) -> bytes:
    return vault.keyed_hash("sms_code", f"{at_phone.hex()}:{purpose.value}:{browser.hash.hex()}:{code}")


def _text_of(code: str) -> str:
    minutes = settings.sms_valid_seconds // 60
    body: str = _(
        "【%(bureau)s】验证码 %(code)s，%(minutes)s 分钟内有效。工作人员不会向您要验证码，请不要告诉任何人。",
        bureau=bureau_name(),
        code=code,
        minutes=minutes,
    )
    return body
