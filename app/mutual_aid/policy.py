"""Who may pay for whom (国办发〔2021〕14号, 国办发〔2024〕38号; `Relation.ward` is no near relative of 民法典 1045)."""

from flask_babel import gettext as _

from app.core import clock
from app.core.errors import DomainError
from app.family.models import Relation
from app.family.policy import find_implausible
from app.roster.models import InsuredPerson, InsuredStatus

EMPLOYEE_INSURANCE = "310"  # 职工: residents (390) have no personal account
RELATIVES = tuple(relation for relation in Relation if relation is not Relation.ward)


def refuse_payer(person: InsuredPerson | None) -> DomainError | None:
    """Why this person cannot let others use a personal account, which only employee insurance has; None when they may."""
    if person is None:
        return DomainError("payer_unknown", _("授权以前，要先激活您本人的医保码。"), _("激活约 2 分钟。"), status=403)
    if person.insutype != EMPLOYEE_INSURANCE:
        return DomainError(
            "payer_not_employee",
            _("您参加的不是职工医保，没有个人账户，不能授权家人使用。"),
            _("参加职工医保的家人可以授权给您。登记不对的话，请打电话更正。"),
            status=403,
            region=person.insured_region,
        )
    if person.status is not InsuredStatus.normal:
        return DomainError(
            "payer_suspended",
            _("您的医保现在不是正常参保状态，个人账户不能授权家人使用。"),
            _("恢复参保后再来授权。有疑问请打电话。"),
            status=403,
            region=person.insured_region,
        )
    return None


def refuse_beneficiary(payer: InsuredPerson, beneficiary: InsuredPerson, relation: Relation) -> DomainError | None:
    """Why this relative, whatever their insurance, cannot use the payer's account; None when they may."""
    region = beneficiary.insured_region
    if beneficiary.id == payer.id:
        return DomainError("oneself", _("您填的是您自己。"), _("自己的个人账户不用授权。"), region=region)
    if implausible := find_implausible(relation, payer, beneficiary, clock.today()):
        return DomainError("relation_differs", implausible, _("没有选错的话，请打电话更正登记。"), region=region)
    if beneficiary.status is not InsuredStatus.normal:
        return DomainError(
            "beneficiary_not_insured",
            _("这位家人现在不是正常参保状态，不能使用您的个人账户。"),
            _("家人恢复参保后再来授权。登记不对的话，请打电话更正。"),
            status=403,
            region=region,
        )
    return None
