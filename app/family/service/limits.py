"""How many members a holder may have, and how many holders a member (S38, S39): counted under a lock against parallel requests."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Account
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.family import queries
from app.roster.models import InsuredPerson


def lock_pair(holder_account_id: int, person_id: int) -> None:
    """Two requests about one holder or one member wait for each other. SQLite's writers wait anyway."""
    db.session.execute(select(Account.id).where(Account.id == holder_account_id).with_for_update())
    db.session.execute(select(InsuredPerson.id).where(InsuredPerson.id == person_id).with_for_update())


def find_full(holder_account_id: int, *, besides: int | None = None) -> DomainError | None:
    """Links and requests under way take a place each. besides: the request being checked, which is not counted."""
    limit = settings.family_members_per_holder
    taken = queries.count_links(holder_account_id) + queries.count_open_requests(holder_account_id, besides=besides)
    if taken < limit:
        return None
    return DomainError(
        "members_full",
        _("您已经添加了 %(count)d 位家人，一个人最多添加 %(count)d 位。", count=limit),
        _("请先解绑一位不再需要的家人，或撤回一个还在办理的申请。"),
        status=409,
    )


def find_member_full(person: InsuredPerson) -> DomainError | None:
    """The member's side of the limit: settings.family_holders_per_member."""
    limit = settings.family_holders_per_member
    if queries.count_links_of_member(person.id) < limit:
        return None
    return DomainError(
        "holders_full",
        _("已经有 %(count)d 位家人能出示这位家人的医保码，不能再加。", count=limit),
        _("请和家里人商量，由其中一位先解绑。"),
        status=409,
        region=person.insured_region,
    )


def take_slot(holder_account_id: int) -> int:
    """The first free place, which is also the member's colour. Called under the lock."""
    taken = queries.list_taken_slots(holder_account_id)
    return next(slot for slot in range(1, len(taken) + 2) if slot not in taken)
