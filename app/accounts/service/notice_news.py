"""People who agreed to an older version of a legal text are told of the new one in their inbox."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Consent, Notice
from app.core.db import db, transaction
from app.messages.service import post_message

BATCH = 500


def tell_of_new_notices(batch: int = BATCH) -> int:
    """Continues where it stopped, batch by batch, and tells each account once per version. Returns how many were told."""
    told = 0
    while (count := _tell_batch(batch)) is not None:
        told += count
    return told


@transaction()
def _tell_batch(batch: int) -> int | None:
    """None when nobody is left to tell."""
    notice = db.session.scalar(
        select(Notice).where(Notice.telling_from.is_not(None)).order_by(Notice.id).limit(1).with_for_update()
    )
    if notice is None:
        return None
    older = select(Notice.id).where(Notice.purpose == notice.purpose, Notice.id < notice.id)
    accounts = db.session.scalars(
        select(Consent.account_id)
        .where(Consent.account_id > notice.telling_from, Consent.notice_id.in_(older), Consent.withdrawn_at.is_(None))
        .group_by(Consent.account_id)
        .order_by(Consent.account_id)
        .limit(batch)
    ).all()
    for account_id in accounts:
        post_message(account_id, _("您同意过的一份文本有了新版本"), _body(notice))
    notice.telling_from = accounts[-1] if len(accounts) == batch else None
    return len(accounts)


def _body(notice: Notice) -> str:
    first = _("《%(title)s》有了第 %(version)s 版。", title=notice.title, version=notice.version)
    if notice.is_material:
        after = _("这次有重要变化。下次用到时，会请您重新看一看、再决定是否同意。也可以现在就在“我的”里打开“我同意过的事项”。")
    else:
        after = _("内容没有重要变化，您不用做什么。在“我的”里打开“我同意过的事项”，可以看您同意的那一版和现在的版本。")
    return f"{first}\n\n{after}"
