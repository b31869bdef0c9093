"""A paper slip (S64) as the counter issues it: where it may be valid, and who is told."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Connection

from app.accounts.models import Notice
from app.accounts.queries import find_account_of_person
from app.core.db import session_on, transaction
from app.core.display import masked_name, moment
from app.core.errors import DomainError
from app.credentials.models import Slip
from app.credentials.queries.redeem import Shown
from app.credentials.service import issue_slip
from app.institutions.business_types import BUSINESS_TYPES, ONLINE
from app.institutions.models import Institution
from app.messages.service import post_message
from app.roster.models import InsuredPerson


@transaction()
def write_slip(
    person: InsuredPerson, institution: Institution, business_type: str, *, by: str, paper_notices: Sequence[Notice] = ()
) -> Slip:
    """Raises DomainError `slip_place_closed` or `slip_scene_closed`, and what `issue_slip` raises."""
    if not institution.is_enabled or institution.is_sandbox:
        raise DomainError("slip_place_closed", _("这家机构现在不能扫码。"), _("请换一家机构。"), field="place")
    open_scenes = [scene for scene in institution.business_types.split(",") if scene not in ONLINE]
    if business_type not in open_scenes:
        names = "、".join(str(_(BUSINESS_TYPES[scene])) for scene in open_scenes if scene in BUSINESS_TYPES)
        raise DomainError("slip_scene_closed", _("这家机构没有开通这项业务。开通的有：%(names)s。", names=names), field="purpose")
    slip = issue_slip(person, institution.id, business_type, by=by, paper_notices=paper_notices)
    _tell(
        person.id,
        _("窗口给您开了一张纸质码"),
        _(
            "医保窗口给 %(name)s 开了一张纸质码，今天在 %(place)s 办“%(business)s”用，只能用一次。\n\n"
            "不是您本人办的，请马上拨打医保热线。",
            name=masked_name(person.name),
            place=institution.name,
            business=_(BUSINESS_TYPES[business_type]),
        ),
    )
    return slip


def tell_slip_used(connection: Connection, shown: Shown, place: str, at: datetime) -> None:
    """In the redeeming transaction: no phone shows a slip, so its use is told in the inbox."""
    with session_on(connection):
        _tell(
            shown.person_id,
            _("纸质码已使用"),
            _(
                "%(name)s 的纸质码在 %(place)s 用过了，时间是 %(when)s。\n\n"
                "不是您本人用的，请到“用码记录”点“不是我”，或拨打医保热线。",
                name=masked_name(shown.name),
                place=place,
                when=moment(at),
            ),
        )


def _tell(person_id: int, title: str, body: str) -> None:
    """A person without an account has no inbox; the paper itself says everything."""
    account = find_account_of_person(person_id)
    if account is not None:
        post_message(account.id, title, body)
