"""Why an account may not add anybody, or not this member, in words."""

from flask_babel import gettext as _

from app.accounts.models import Account
from app.core import clock
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.family import queries
from app.family.models import LinkRequest, Relation
from app.family.policy import AgePolicy, find_implausible, refuse_status
from app.family.service.limits import find_full, find_member_full
from app.family.service.links import find_bound, find_frozen
from app.regions.queries import find_region
from app.roster.models import InsuredPerson
from app.roster.queries import get_person


def find_holder_refusal(account: Account) -> DomainError | None:
    """Why this account may not add anybody now, such as no active code of its own or a holder under age; or None."""
    if account.person_id is None:
        return DomainError(
            "holder_inactive",
            _("添加家人以前，要先激活您本人的医保码。"),
            _("用另一个手机号激活过的话，请退出登录，用那个手机号登录。"),
            status=403,
        )
    person, credential = get_person(account.person_id), find_credential_of(account.person_id)
    if credential is None or credential.status is not CredentialStatus.active:
        return DomainError(
            "holder_frozen",
            _("您本人的医保码现在不能用，所以不能添加家人。"),
            _("请先恢复或重新激活您本人的医保码。"),
            status=403,
            region=person.insured_region,
        )
    if not AgePolicy.of(settings).may_hold(person.birthday, clock.today()):
        return DomainError(
            "holder_too_young",
            _("年满 %(age)d 周岁才能添加家人。", age=settings.family_holder_from),
            _("请让家里的大人来添加。"),
            status=403,
            region=person.insured_region,
        )
    return None


def find_refusal(
    account: Account, request: LinkRequest, relation: Relation, person: InsuredPerson, region: str
) -> DomainError | None:
    """The first reason why this member cannot be added now, or None. region: the one chosen."""
    if person.id == account.person_id:
        return DomainError(
            "oneself", _("您填的是您自己。"), _("您本人的医保码，在首页点“出示医保码”。"), region=person.insured_region
        )
    holder = get_person(account.person_id or 0)
    implausible = find_implausible(relation, holder, person, clock.today())
    if implausible:
        return DomainError("relation_differs", implausible, _("没有选错的话，请打电话更正登记。"), region=person.insured_region)
    return (
        find_asked(account.id, person)
        or find_bound(account.id, person)
        or refuse_status(person)
        or find_frozen(person)
        or find_full(account.id, besides=request.id)
        or find_member_full(person)
        or _find_other_region(person, region)
    )


def find_asked(holder_account_id: int, person: InsuredPerson) -> DomainError | None:
    if queries.find_open_request(holder_account_id, person.id) is None:
        return None
    return DomainError(
        "already_asked",
        _("您已经申请过添加这位家人，正在办理。"),
        _("请回到“家人”看进度。"),
        status=409,
        region=person.insured_region,
    )


def _find_other_region(person: InsuredPerson, chosen: str) -> DomainError | None:
    """The roster knows the 参保地; a holder who chose another is shown it and confirms (S35)."""
    known = find_region(person.insured_region)
    if chosen == person.insured_region or known is None or not known.may_be_chosen:
        return None
    after = _("我们已经帮您选好，请核对后点“下一步”。登记不对的话，请打电话更正。")
    what = _("这位家人的参保地登记的是%(region)s。", region=known.name)
    return DomainError("region_differs", what, after, region=person.insured_region)


def not_found(region: str) -> DomainError:
    """The same sentence for an unknown number and for a name that does not match, so that nobody can find out who is insured."""
    return DomainError(
        "person_not_found",
        _("在参保名册里没有找到和您填的完全一致的人。"),
        _("请对照家人的证件核对姓名、证件类型和号码。都没有填错的话，请问参保地的医保局。"),
        region=region,
    )
