"""What `app.messages.providers.SmsSender` requires of a sender."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.conformance.trying import list_faults, must_raise
from app.messages.providers import SendingFailed, SendingRefused, SmsSender

TEXT = (
    "【医保】您的验证码是 305418，五分钟内有效。任何人向您索取验证码都是诈骗，"
    "工作人员也不会向您要。如果不是您本人操作，请不必理会，也不要告诉别人。有疑问请打医保热线。"
)


@dataclass(frozen=True, kw_only=True)
class SmsSenderTrial:
    """A sender and the means to control its gateway.

    delivered: (phone, text) of every message that has reached a phone so far. away: the sender, made with an address that does
    not answer; refusing: made so that its gateway refuses every message. None where that cannot happen.
    """

    sender: SmsSender
    delivered: Callable[[], Sequence[tuple[str, str]]]
    away: SmsSender | None
    refusing: SmsSender | None


def list_sms_sender_faults(trial: SmsSenderTrial) -> list[str]:
    return list_faults(trial, (_delivers, _sends_once, _is_away, _is_refused))


def _phone() -> str:
    return f"138{secrets.randbelow(10**8):08d}"


def _delivers(trial: SmsSenderTrial) -> Iterator[str]:
    """A message arrives as it was written, also a long one."""
    for text in (TEXT[:20], TEXT):
        phone = _phone()
        trial.sender.send(phone, text, key=secrets.token_hex(12))
        arrived = [words for number, words in trial.delivered() if number == phone]
        if arrived != [text]:
            yield f"a message of {len(text)} characters must arrive once and as it was written, and what arrived is {arrived!r}"


def _sends_once(trial: SmsSenderTrial) -> Iterator[str]:
    """One key sends at most once, however often it is asked for: a job that was cut off asks again."""
    phone, key = _phone(), secrets.token_hex(12)
    for _ in range(2):
        trial.sender.send(phone, TEXT, key=key)
    count = len([number for number, _ in trial.delivered() if number == phone])
    if count != 1:
        yield f"two sendings under one key must be one message, and {count} arrived"


def _is_away(trial: SmsSenderTrial) -> Iterator[str]:
    """A gateway that is away is SendingFailed, and is asked again later."""
    if trial.away is not None:
        yield from _fails("send with a gateway that is away", trial.away, SendingFailed)
        if _what_is_raised(trial.away) is SendingRefused:
            yield "a gateway that is away must not be SendingRefused, for then nobody asks again"


def _is_refused(trial: SmsSenderTrial) -> Iterator[str]:
    """A message that the gateway will never take is SendingRefused, and is not asked again."""
    if trial.refusing is not None:
        yield from _fails("send with a gateway that says no for good", trial.refusing, SendingRefused)


def _fails(what: str, sender: SmsSender, wanted: type[SendingFailed]) -> Iterator[str]:
    phone = _phone()
    said = []

    def send() -> None:
        try:
            sender.send(phone, TEXT, key=secrets.token_hex(12))
        except Exception as error:
            said.append(str(error))
            raise

    yield from must_raise(what, send, wanted)
    if any(phone in words or TEXT[:20] in words for words in said):
        yield f"{what}: neither number nor text may stand in the reason, which is logged"


def _what_is_raised(sender: SmsSender) -> type[Exception] | None:
    try:
        sender.send(_phone(), TEXT, key=secrets.token_hex(12))
    except Exception as error:
        return type(error)
    return None
