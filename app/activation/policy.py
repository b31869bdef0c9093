"""Who may activate (S74: residents, and foreigners who work here or are insured), and in which order."""

from flask_babel import gettext as _

from app.accounts import policy as accounts_policy
from app.accounts.models import Account, ConsentPurpose
from app.accounts.queries import find_account_of_person
from app.accounts.service import relatives_of
from app.accounts.visitor import current_visitor
from app.activation.models import ActivationDraft, DraftStep
from app.activation.queries import find_draft
from app.core import clock
from app.core.access import Rule
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials.models import Credential, CredentialKind, CredentialStatus
from app.credentials.queries import find_credential_of
from app.credentials.service import find_showable
from app.regions.queries import find_region
from app.roster.identity import full_age
from app.roster.models import InsuredPerson, InsuredStatus

STEPS = (DraftStep.person, DraftStep.consent, DraftStep.proof, DraftStep.pin)
STEPS_TOTAL = 5  # the fifth is the open code itself

REQUIRED_CONSENTS = (ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan)
OPTIONAL_CONSENTS = (ConsentPurpose.face_check,)  # people who refuse prove who they are at the counter (2025 face rule)


def _may_activate() -> bool:
    """Also allowed in an untrusted session that takes over a reassigned number: its new owner proves it by activating."""
    if accounts_policy.trusted.allows():
        return True
    draft = find_draft(current_visitor.device) if current_visitor.is_authenticated else None
    return draft is not None and draft.takes_over_phone


may_activate = Rule("may_activate", _may_activate, accounts_policy.trusted.refuse)


def is_reached(draft: ActivationDraft, step: DraftStep) -> bool:
    return STEPS.index(step) <= STEPS.index(draft.step)


def not_found(region: str) -> DomainError:
    """The same sentence for an unknown number and for a name that does not match, so that nobody can find out who is insured."""
    return DomainError(
        "person_not_found",
        _("在参保名册里没有找到和您填的完全一致的人。"),
        _("请对照证件核对姓名、证件类型和号码。都没有填错的话，请问参保地的医保局。"),
        status=422,
        region=region,
    )


def find_refusal(person: InsuredPerson, account: Account, draft: ActivationDraft | None) -> DomainError | None:
    """Why this person cannot activate in this account, or None. Call it only once name and number match."""
    return _refuse_status(person) or _refuse_age(person) or _refuse_second(person, account, draft)


def _refuse_status(person: InsuredPerson) -> DomainError | None:
    sentences = {
        InsuredStatus.suspended: ("insured_suspended", _("您的医保现在是暂停状态，不能激活医保码。"), _("恢复参保后就可以激活。")),
        InsuredStatus.ended: ("insured_ended", _("您的参保关系已经终止，不能激活医保码。"), _("重新参保后就可以激活。")),
        InsuredStatus.moved: (
            "insured_moved",
            _("您的参保关系已经转到别的地方。"),
            _("请在新的参保地激活。没有办过转移的话，请打电话问清楚。"),
        ),
        InsuredStatus.died: (
            "insured_died",
            _("医保局的登记里，这位参保人已经离世，不能激活医保码。"),
            _("登记有误的话，请带身份证件到医保窗口更正。"),
        ),
    }
    if person.status not in sentences:
        return None
    code, what, after = sentences[person.status]
    return DomainError(code, what, after + _("有疑问请打电话问参保地的医保局。"), status=403, region=person.insured_region)


def _refuse_age(person: InsuredPerson) -> DomainError | None:
    if person.birthday is None or full_age(person.birthday, clock.today()) >= settings.family_guardian_below:
        return None
    return DomainError(
        "guardian_needed",
        _("不满 %(age)d 周岁的孩子，不能自己激活医保码。", age=settings.family_guardian_below),
        _("请爸爸妈妈或其他监护人带上户口本或出生证明，到医保窗口办理。看病时，孩子的身份证或社保卡照样能用。"),
        status=403,
        region=person.insured_region,
    )


def _refuse_second(person: InsuredPerson, account: Account, draft: ActivationDraft | None) -> DomainError | None:
    credential = find_credential_of(person.id)
    is_own = credential is not None and credential.kind is CredentialKind.own
    if credential is not None and is_own and credential.status is CredentialStatus.frozen:
        return DomainError(
            "credential_frozen",
            _("您的医保码已经挂失，不用再激活。"),
            _("请用激活时的手机号登录，打开“手机丢失”，选“恢复使用”。那个号码不用了的话，请打电话。"),
            status=409,
            region=person.insured_region,
        )
    holder = find_account_of_person(person.id)
    takes_over = draft is not None and draft.takes_over_phone
    is_elsewhere = holder is not None and (holder.id != account.id or takes_over)
    if is_elsewhere or is_own:
        return already_active(person.insured_region)
    if account.is_activated and account.person_id != person.id and not takes_over:
        return DomainError(
            "account_taken",
            _("这个手机号已经用来激活过另一位参保人的医保码。"),
            _("请退出登录，换您本人的手机号再来。"),
            status=409,
            region=person.insured_region,
        )
    return None


def check_region(person: InsuredPerson, chosen: str) -> DomainError | None:
    """The roster knows the 参保地; a person who chose another is shown it and confirms. One we do not list is not asked for."""
    region = find_region(person.insured_region)
    if chosen == person.insured_region or region is None or not region.may_be_chosen:
        return None
    after = _("我们已经帮您选好，请核对后点“下一步”。登记不对的话，请打电话更正。")
    if not chosen:
        what = _("您的参保地登记的是%(region)s。", region=region.name)
        return DomainError("region_missing", what, after, status=422, region=person.insured_region)
    what = _("您选的参保地和登记的不一样，登记的是%(region)s。", region=region.name)
    return DomainError("region_differs", what, after, status=422, region=person.insured_region)


def already_active(region: str) -> DomainError:
    return DomainError(
        "already_active",
        _("您的医保码已经激活过了，一个人只有一张。"),
        _("请用激活时的手机号登录。换了手机也可以，登录后按提示重新绑定。那个号码不用了的话，请打电话。"),
        status=409,
        region=region,
    )


def may_freeze(relative: Account, account: Account | None, credential: Credential) -> bool:
    """Family may freeze, in both directions: accounts that show this person's code, and accounts linked to theirs."""
    is_linked = account is not None and relative.id in relatives_of(account)
    return is_linked or find_showable(relative, credential.id) is not None


def require_relative(relative: Account, account: Account | None, credential: Credential) -> None:
    if not may_freeze(relative, account, credential):
        raise DomainError(
            "not_a_relative", _("您没有绑定这位家人，不能替他挂失。"), _("请让本人挂失，或拨打医保热线。"), status=403
        )
