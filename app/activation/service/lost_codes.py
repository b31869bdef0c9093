"""手机丢失 without an SMS: document number and name, then a code that the family reads out from their inboxes.

The caller learns nothing: the response is the same for a person who does not exist, has no account or no family. Limits are counted
from rows.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select

from app.accounts.browser import Browser
from app.accounts.models import Account
from app.accounts.queries import find_account_of_person, get_account
from app.accounts.service import relatives_of
from app.activation.audit_tags import ActivationTag
from app.activation.models import LostReport
from app.activation.queries import find_lost_report
from app.activation.service.lost import report_lost
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.display import masked_name, moment
from app.core.errors import TooMany
from app.core.guesses import Guess, guess
from app.core.locks import one_at_a_time
from app.core.networks import network_of
from app.core.settings import settings
from app.messages.service import post_message
from app.roster.identity import Cert, is_same_name
from app.roster.models import InsuredPerson
from app.roster.queries import cert_hash, cert_hashes, find_person

_HOUR = timedelta(hours=1)  # fixed: the settings count by the hour
_NO_CODE = bytes(32)  # a hash that no code has


@dataclass(frozen=True)
class LostCodeCheck:
    """guesses_left: 0 when the code of this browser is used, worn out or too old, or there never was one."""

    ok: bool
    guesses_left: int = 0


@transaction()
def ask_lost_code(cert: Cert, name: str, *, browser: Browser, address: str) -> None:
    """Sends a code to the family's inboxes, if there is a family. name: cleaned. Raises TooMany."""
    at_cert, at_address = cert_hash(cert.cert_type, cert.number), vault.keyed_hash("address", network_of(address))
    one_at_a_time(at_cert, at_address)
    _check_limit(LostReport.cert_hash.in_(cert_hashes(cert.cert_type, cert.number)), settings.lost_code_per_person_hour)
    _check_limit(LostReport.address_hash == at_address, settings.lost_code_per_address_hour)
    found = _find_account(cert, name)
    relatives = relatives_of(found[0]) if found is not None else []
    code = f"{secrets.randbelow(1_000_000):06}"
    report = LostReport(
        browser_hash=browser.hash,
        address_hash=at_address,
        cert_hash=at_cert,
        code_hash=_code_hash(browser, code),
        created_at=clock.now(),
        account_id=found[0].id if found is not None and relatives else None,
    )
    db.session.add(report)
    db.session.flush()
    audit.record(
        ActivationTag.lost_code_asked,
        actor="visitor",
        subject=report.subject,
        person_id=found[1].id if found is not None else None,
        relatives=len(relatives),
    )
    if found is not None:
        _tell(found[1], relatives, code)


@transaction()
def report_lost_by_code(code: str, *, browser: Browser) -> LostCodeCheck:
    """The correct code ends everything, as `report_lost` does. A wrong one is returned, not raised, and counts as a guess."""
    report = find_lost_report(browser.hash)
    if report is None:
        return LostCodeCheck(False)
    typed_hash = _code_hash(browser, code)
    is_good = LostReport.created_at > clock.now() - timedelta(minutes=settings.lost_code_minutes)
    account_id = report.account_id  # without an account no code is correct
    tried = guess(report, typed_hash if account_id else _NO_CODE, most=settings.lost_code_guesses, is_good=is_good)
    if tried is Guess.none:
        return LostCodeCheck(False)
    if account_id is None or tried is not Guess.right:
        audit.record(ActivationTag.lost_code_wrong, actor="visitor", subject=report.subject, outcome="refused")
        return LostCodeCheck(False, settings.lost_code_guesses - report.guesses)
    report_lost(get_account(account_id), by=report.actor)
    return LostCodeCheck(True)


@transaction()
def drop_old_lost_reports() -> None:
    db.session.execute(delete(LostReport).where(LostReport.created_at < clock.now() - timedelta(days=1)))


def _find_account(cert: Cert, name: str) -> tuple[Account, InsuredPerson] | None:
    person = find_person(cert.cert_type, cert.number)
    if person is None or person.is_specimen or not is_same_name(person.name, name):
        return None
    account = find_account_of_person(person.id)
    return (account, person) if account is not None else None


def _tell(person: InsuredPerson, relatives: list[int], code: str) -> None:
    until = moment(clock.now() + timedelta(minutes=settings.lost_code_minutes))
    for account_id in relatives:
        post_message(
            account_id,
            _("家人的手机可能丢了"),
            _(
                "有人说 %(name)s 的手机丢了，要挂失医保码。请先打电话或当面问清楚，确实是本人，再把这六位数字告诉本人：%(code)s。"
                "%(until)s 前有效，只能用来挂失。不是本人的话，不用理会。",
                name=masked_name(person.name),
                code=code,
                until=until,
            ),
        )


def _check_limit(whose: ColumnElement[bool], count: int) -> None:
    oldest: datetime | None = db.session.scalar(
        select(LostReport.created_at)
        .where(whose, LostReport.created_at > clock.now() - _HOUR)
        .order_by(LostReport.created_at.desc())
        .offset(count - 1)
        .limit(1)
    )
    if oldest is None:
        return
    ends = oldest + _HOUR
    wait = max(1, int((ends - clock.now()).total_seconds()) + 1)
    after = _("请在 %(moment)s 以后再试，或马上拨打医保热线挂失。", moment=moment(ends + timedelta(minutes=1)))
    raise TooMany(_("这一小时里试的次数太多了。"), after, wait)


def _code_hash(browser: Browser, code: str) -> bytes:
    return vault.keyed_hash("lost_code", f"{browser.hash.hex()}:{code}")
