"""What the parties of a link are told, in their inboxes."""

from flask_babel import gettext as _

from app.accounts.models import Account
from app.accounts.queries import find_account_of_person
from app.core import clock
from app.core.display import day, masked_name
from app.core.settings import settings
from app.family import queries
from app.family.models import FamilyLink, LinkEnd, LinkRequest
from app.family.policy import RELATION_LABELS, AgePolicy
from app.messages.service import post_message
from app.roster.models import InsuredPerson
from app.roster.queries import get_person


def name_of(person: InsuredPerson) -> str:
    return masked_name(person.name)


def name_of_holder(account: Account) -> str:
    return masked_name(get_person(account.person_id).name) if account.person_id else _("一位家人")


def tell_link_made(link: FamilyLink, holder: Account, member: InsuredPerson) -> None:
    """Tells the holder, the member if there is an account, and the other holders of a child."""
    name, relation = name_of(member), str(RELATION_LABELS[link.relation])
    _post(holder.id, _("已添加：%(relation)s %(name)s", relation=relation, name=name), [
        _("您现在可以在“家人”里出示 %(name)s 的医保码，用您自己的展码密码打开。", name=name),
    ])  # fmt: skip
    by = name_of_holder(holder)
    account = find_account_of_person(member.id)
    if account is not None and account.id != holder.id:
        _post(account.id, _("%(by)s 现在可以出示您的医保码", by=by), [
            _("不是您同意的话，请马上打开“我的”里的“谁能出示我的码”，点“解绑”。"),
        ])  # fmt: skip
    if AgePolicy.of(settings).is_child(member.birthday, clock.today()):
        for other in queries.list_links_of_member(member.id):
            if other.holder_account_id != holder.id:
                _post(other.holder_account_id, _("又有一位家人添加了 %(name)s", name=name), [
                    _("%(by)s 现在也可以出示 %(name)s 的医保码。", by=by, name=name),
                    _("您有异议的话，请打开“家人”里 %(name)s 的页面，点“我有异议”，或拨打医保热线。", name=name),
                ])  # fmt: skip


_ENDINGS = {
    LinkEnd.unbound_by_holder: lambda name: _("已解绑，您的手机上不再能出示 %(name)s 的医保码。", name=name),
    LinkEnd.unbound_by_member: lambda name: _("%(name)s 解除了绑定，您的手机上不再能出示这张医保码。", name=name),
    LinkEnd.consent_withdrawn: lambda name: _("同意已撤回，您的手机上不再能出示 %(name)s 的医保码。", name=name),
    LinkEnd.not_renewed: lambda name: _(
        "%(name)s 已满 16 周岁，宽限期内没有由本人同意续期，绑定已结束。可以请本人同意后重新添加。", name=name
    ),
    LinkEnd.member_died: lambda name: _(
        "医保局的登记里，%(name)s 已经离世，绑定已结束。登记有误的话，请带身份证件到医保窗口更正。", name=name
    ),
    LinkEnd.member_moved: lambda name: _("%(name)s 的参保关系已转到别的地方，绑定已结束。请在新的参保地重新添加。", name=name),
    LinkEnd.holder_died: lambda name: _("绑定 %(name)s 的账户已停用，绑定已结束。", name=name),
    LinkEnd.unbound_by_bureau: lambda name: _("医保局已解除您和 %(name)s 的绑定。有疑问请拨打医保热线。", name=name),
}


def sentence_of_end(link: FamilyLink) -> str:
    """Why a link ended, as told to its holder."""
    return str(_ENDINGS[link.end_reason](name_of(link.member))) if link.end_reason else ""


def tell_link_ended(link: FamilyLink, holder: Account) -> None:
    _post(link.holder_account_id, _("家人绑定已结束：%(name)s", name=name_of(link.member)), [sentence_of_end(link)])
    account = find_account_of_person(link.member_person_id)
    if account is not None and account.id != holder.id:
        _post(account.id, _("%(by)s 不再能出示您的医保码", by=name_of_holder(holder)), [_("绑定已结束。您自己的医保码不受影响。")])


def tell_taken_over(link: FamilyLink) -> None:
    _post(link.holder_account_id, _("%(name)s 激活了自己的医保码", name=name_of(link.member)), [
        _("绑定照旧，您还可以出示。现在起，每次出示都会告诉对方，对方也可以随时解绑。"),
    ])  # fmt: skip


def tell_frozen(link: FamilyLink, by: str) -> None:
    name = name_of(link.member)
    _post(link.holder_account_id, _("%(name)s 的医保码已停用", name=name), [
        _("%(by)s 停用了这张医保码，现在谁也不能出示。要恢复使用，请本人办理，或带证件到医保窗口。", by=by),
    ])  # fmt: skip


def tell_objection(link: FamilyLink) -> None:
    _post(link.holder_account_id, _("有人对 %(name)s 的绑定提出异议", name=name_of(link.member)), [
        _("有一位家人认为监护关系有争议。医保局会核实。在这期间，新的添加申请要由两位审核员决定，已有的绑定照常使用。"),
    ])  # fmt: skip


def tell_used(account_id: int, by: str, place: str, at: str) -> None:
    _post(account_id, _("%(by)s 出示了您的医保码", by=by), [
        _("%(at)s，在 %(place)s。", at=at, place=place),
        _("您不知道这件事的话，请打开“我的”里的“谁能出示我的码”，点“解绑”，并拨打医保热线。"),
    ])  # fmt: skip


def tell_submitted(request: LinkRequest, due: str) -> None:
    _post(request.holder_account_id, _("添加家人的申请已提交"), [_("审核员会在 %(due)s 前看完，结果发到消息里。", due=due)])


def tell_decided(request: LinkRequest, title: str, *sentences: str) -> None:
    _post(request.holder_account_id, title, list(sentences))


def tell_coming_of_age(link: FamilyLink, days_left: int) -> None:
    """Tells the holder, and the member if there is an account."""
    name, grace = name_of(link.member), settings.family_renewal_grace_days
    _post(link.holder_account_id, _("%(name)s 还有 %(days)d 天满 16 周岁", name=name, days=days_left), [
        _("满 16 周岁后，要由 %(name)s 本人同意，您才能继续出示。", name=name),
        _("请打开“家人”里 %(name)s 的页面，点“续期”。生日后还有 %(grace)d 天宽限，不影响看病。", name=name, grace=grace),
    ])  # fmt: skip
    account = find_account_of_person(link.member_person_id)
    if account is not None:
        _post(account.id, _("您快满 16 周岁了"), [
            _("以后由您自己决定，谁能出示您的医保码。请打开“我的”里的“谁能出示我的码”看一看。"),
        ])  # fmt: skip


def tell_of_age(link: FamilyLink) -> None:
    name, until = name_of(link.member), day(link.of_age_on)
    _post(link.holder_account_id, _("%(name)s 已满 16 周岁，请续期", name=name), [
        _("%(name)s 在 %(day)s 满 16 周岁。", name=name, day=until),
        _("请在 %(count)d 天内由本人同意续期，到期没有续期，绑定自动结束。", count=settings.family_renewal_grace_days),
    ])  # fmt: skip


def tell_call_booked(request: LinkRequest, at: str) -> None:
    _post(request.holder_account_id, _("已预约回电"), [
        _("医保局会在 %(at)s 左右打电话给您的家人，请让家人带好身份证在电话旁边。", at=at),
    ])  # fmt: skip


def _post(account_id: int, title: str, sentences: list[str]) -> None:
    post_message(account_id, title, "\n\n".join(str(each) for each in sentences))
