"""Codes with a known handle and a wrong tag: somebody is guessing the PIN that wraps a phone's key (contract 4).

A thief can try PINs on a stolen phone offline without limit. But some wrong PINs pass the phone's check value, and the codes they
produce can only be told from right ones by the server. So the server counts these codes, and the fifth ends the presentation.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Connection, delete, func, or_, select, update

from app.accounts.models import Account, Device
from app.core import audit, clock
from app.core.db import db, session_on, transaction
from app.core.display import moment
from app.core.settings import settings
from app.core.statements import changed, won
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import Credential, EndReason, ForgedTag, Presentation
from app.credentials.queries.redeem import Shown
from app.messages.service import post_message


def count_forged_tag(connection: Connection, shown: Shown, institution_id: int, now: datetime) -> bool:
    """In the transaction of the refused scan. shown: the row of its handle. True when this one ended the presentation.

    At most two per institution count, so that no single desk, broken or malicious, can end what a person shows.
    """
    if shown.is_specimen or (shown.ends_at is not None and shown.ends_at <= now):
        return False
    with session_on(connection):
        # Parallel scans wait here for each other, so that neither the institution's limit nor the fifth is missed.
        db.session.execute(select(Presentation.handle).where(Presentation.handle == shown.handle).with_for_update())
        counts = _counts_of(shown.handle, now)
        if counts.get(institution_id, 0) >= settings.forged_tags_per_institution:
            return False
        db.session.add(ForgedTag(handle=shown.handle, institution_id=institution_id, created_at=now))
        db.session.flush()
        if sum(counts.values()) + 1 < settings.forged_tags:
            return False
        return _end(shown, now)


@transaction()
def drop_old_forged_tags() -> int:
    """Deletes the rows that no longer count. Returns how many."""
    limit = clock.now() - timedelta(hours=settings.forged_tag_hours)
    return changed(delete(ForgedTag).where(ForgedTag.created_at < limit))


def _counts_of(handle: str, now: datetime) -> dict[int, int]:
    """How many each institution has scanned within the last 24 hours."""
    since = now - timedelta(hours=settings.forged_tag_hours)
    rows = db.session.execute(
        select(ForgedTag.institution_id, func.count())
        .where(ForgedTag.handle == handle, ForgedTag.created_at > since)
        .group_by(ForgedTag.institution_id)
    )
    return {row[0]: row[1] for row in rows}


def _end(shown: Shown, now: datetime) -> bool:
    if not won(
        update(Presentation)
        .where(Presentation.handle == shown.handle, or_(Presentation.ends_at.is_(None), Presentation.ends_at > now))
        .values(ends_at=now, end_reason=EndReason.forged_tags)
    ):
        return False
    audit.record(
        CredentialTag.tags_forged,
        actor="system",
        subject=Credential.subject_of(shown.credential_id),
        person_id=shown.person_id,
        outcome=EndReason.forged_tags.value,
    )
    device = db.session.get(Device, shown.device_id) if shown.device_id else None
    body = _(
        "一天之内，有人多次出示核对不上的码，用的是%(device)s的编号。为了安全，那台设备上的码已经停用，在%(at)s。\n\n"
        "如果是您自己扫不出来：在那台设备上连网打开医保码，输入一次展码密码，就会换成新的。\n\n"
        "如果那台设备不在您手里：请马上到“手机丢失”办理挂失，或拨打医保热线。",
        device=_("您的设备“%(name)s”", name=device.name) if device else _("您的一张码"),
        at=moment(now),
    )
    for account_id in _accounts_to_tell(device, shown.person_id):
        post_message(account_id, _("医保码在一台设备上停用了"), body)
    return True


def _accounts_to_tell(device: Device | None, person_id: int) -> set[int]:
    """The account that shows the code, and the account of the person whose code it is."""
    own = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
    return {account_id for account_id in (own, device.account_id if device else None) if account_id is not None}
