"""Six digits by SMS: limited in number, usable once, bound to number, purpose and browser (ASVS 6.5.1, 6.6.2, 6.6.3)."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.audit_tags import AccountTag
from app.accounts.browser import Browser
from app.accounts.models import SmsCode, SmsPurpose
from app.accounts.queries import phone_hash, phone_hashes
from app.accounts.service.sms_allowance import BureauFull, asking_of, check_allowance
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.guesses import Guess, guess
from app.core.installation import bureau_name
from app.core.limits import per_second, retry_after
from app.core.settings import settings
from app.messages.service import Sending, SendingState, send_code

_ALARMS = per_second(1 / 3600, 1)  # fixed: one flood is one alarm


class CodeState(Enum):
    right = "right"
    wrong = "wrong"
    worn_out = "worn_out"  # guessed wrong as often as allowed
    used = "used"
    expired = "expired"
    unasked = "unasked"  # none was requested for this number and purpose in this browser


@dataclass(frozen=True)
class CodeCheck:
    """guesses_left matters only for `wrong`; retry_after: seconds until a new code may be requested."""

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


def request_sms_code(phone: str, purpose: SmsPurpose, *, browser: Browser, address: str, is_lost: bool = False) -> Sending:
    """Sends a new code; earlier ones for this number, browser and purpose no longer count.

    phone: as parse_mobile returns it. address: the client's IP address. is_lost: requested to report a loss. The result does not
    depend on whether the number has an account. Raises TooMany, which says when to try again.
    """
    try:
        code_id, sending = _note_asked(phone, purpose, browser, address, is_lost=is_lost)
    except BureauFull:
        _alarm()
        raise
    if sending.state is not SendingState.sent:
        _note_failed(code_id)
    return sending


@transaction()
def _note_asked(phone: str, purpose: SmsPurpose, browser: Browser, address: str, *, is_lost: bool) -> tuple[int, Sending]:
    code = f"{secrets.randbelow(1_000_000):06}"
    at_phone = phone_hash(phone)
    asking = asking_of(phone, browser=browser, address=address, is_lost=is_lost)
    check_allowance(asking)
    asked = SmsCode(
        phone_hash=at_phone,
        phone_encrypted=vault.encrypt("phone", phone.encode(), bound_to=at_phone),
        address_hash=asking.network,
        wide_hash=asking.wide,
        browser_hash=browser.hash,
        purpose=purpose,
        allowance=asking.allowance,
        code_hash=_code_hash(at_phone, purpose, browser, code),
        created_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()
    audit.record(AccountTag.sms_requested, actor="visitor", purpose=purpose.value)
    topic = _code_hash(at_phone, purpose, browser, "topic")
    return asked.id, send_code(phone, _text_of(code), topic=topic, lasts=timedelta(seconds=settings.sms_valid_seconds))


def _alarm() -> None:
    """Writes one alarm an hour, however many requests are refused."""
    if retry_after(_ALARMS, "sms-of-bureau") == 0:
        with transaction():
            audit.record(AccountTag.sms_flood, actor="visitor", subject="installation:1", count=settings.sms_per_bureau_hour)


@transaction()
def _note_failed(code_id: int) -> None:
    """The code stays valid: a gateway that did not answer in time may still have sent it."""
    db.session.execute(update(SmsCode).where(SmsCode.id == code_id).values(failed_at=clock.now()))


def spend_sms_code(phone: str, code: str, purpose: SmsPurpose, *, browser: Browser) -> CodeCheck:
    """Uses one guess; a correct code is valid once. A refusal is returned, not raised, so that the guess stays counted.

    Call it inside the transaction of whatever the code authorises.
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
        tried = guess(newest, _code_hash(newest.phone_hash, purpose, browser, code), most=settings.sms_guesses)
        if tried is Guess.right:
            return CodeCheck(CodeState.right)
        if newest.used_at:
            return _refused(CodeState.used, newest)
        left = settings.sms_guesses - newest.guesses
        return _refused(CodeState.wrong if tried is Guess.wrong and left else CodeState.worn_out, newest, left)


def _refused(state: CodeState, code: SmsCode | None = None, left: int = 0) -> CodeCheck:
    audit.record(AccountTag.sms_refused, actor="visitor", outcome=state.value)
    wait = 0
    if code is not None:
        wait = max(0, clock.seconds_until(code.created_at + timedelta(seconds=settings.sms_resend_seconds)))
    return CodeCheck(state, left, wait)


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
