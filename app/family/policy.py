"""Who may add whom, by which way: one policy of ages (C1), and which relations are plausible.

Ages are whole years in China; a person born on 29 February turns older on 1 March in a common year (`roster.identity.full_age`).
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.config import Settings
from app.core.errors import DomainError
from app.family.models import Relation, Way
from app.roster.identity import full_age
from app.roster.models import InsuredPerson, InsuredStatus

RELATION_LABELS: dict[Relation, LazyString] = {
    Relation.spouse: _l("配偶"),
    Relation.father: _l("父亲"),
    Relation.mother: _l("母亲"),
    Relation.son: _l("儿子"),
    Relation.daughter: _l("女儿"),
    Relation.brother: _l("兄弟"),
    Relation.sister: _l("姐妹"),
    Relation.grandfather: _l("爷爷"),
    Relation.grandmother: _l("奶奶"),
    Relation.mothers_father: _l("外公"),
    Relation.mothers_mother: _l("外婆"),
    Relation.grandson: _l("孙子"),
    Relation.granddaughter: _l("孙女"),
    Relation.daughters_son: _l("外孙"),
    Relation.daughters_daughter: _l("外孙女"),
    Relation.ward: _l("被监护人"),
}

_MALE = "1"
_FEMALE = "2"
_GENDERS = {
    Relation.father: _MALE,
    Relation.mother: _FEMALE,
    Relation.son: _MALE,
    Relation.daughter: _FEMALE,
    Relation.brother: _MALE,
    Relation.sister: _FEMALE,
    Relation.grandfather: _MALE,
    Relation.grandmother: _FEMALE,
    Relation.mothers_father: _MALE,
    Relation.mothers_mother: _FEMALE,
    Relation.grandson: _MALE,
    Relation.granddaughter: _FEMALE,
    Relation.daughters_son: _MALE,
    Relation.daughters_daughter: _FEMALE,
}
# The least number of years the member is older than the holder; negative: younger. Wide enough for adoption and remarriage.
_GAPS = {
    Relation.father: 12,
    Relation.mother: 12,
    Relation.son: -12,
    Relation.daughter: -12,
    Relation.grandfather: 24,
    Relation.grandmother: 24,
    Relation.mothers_father: 24,
    Relation.mothers_mother: 24,
    Relation.grandson: -24,
    Relation.granddaughter: -24,
    Relation.daughters_son: -24,
    Relation.daughters_daughter: -24,
}
SPOUSE_AGE = 18  # fixed: only checks whether the chosen relation can be true; papers prove it

OWN_WAYS = (Way.face, Way.own_phone, Way.counter_code, Way.call_back, Way.vouching)
WAYS_WITH_PAPERS = (Way.documents, Way.vouching)


@dataclass(frozen=True, kw_only=True)
class AgePolicy:
    """The notices contradict each other about the year of age 16 (C1); a bureau settles it here.

    Below `documents_below`: documents and review. From `own_from` on: the member's own authorisation. Between: either.
    `adult_review`: a reviewer looks at the member's own authorisation too. `guardian_below`: a guardian decides (PIPL 31).
    """

    documents_below: int = 16
    own_from: int = 17
    guardian_below: int = 14
    holder_from: int = 18
    adult_review: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "AgePolicy":
        return cls(
            documents_below=settings.family_documents_below,
            own_from=settings.family_own_from,
            guardian_below=settings.family_guardian_below,
            holder_from=settings.family_holder_from,
            adult_review=settings.family_adult_review,
        )

    def ways(self, birthday: date | None, on: date) -> tuple[Way, ...]:
        """The ways open at this age, of equal rank, nearest first. A member without a birthday in the roster counts as adult."""
        age = self._age(birthday, on)
        if age < self.documents_below:
            return (Way.documents,)
        return (*OWN_WAYS, Way.documents) if age < self.own_from else OWN_WAYS

    def needs_guardian(self, birthday: date | None, on: date) -> bool:
        return self._age(birthday, on) < self.guardian_below

    def is_child(self, birthday: date | None, on: date) -> bool:
        return self._age(birthday, on) < self.documents_below

    def needs_review(self, way: Way) -> bool:
        return way in WAYS_WITH_PAPERS or self.adult_review

    def may_hold(self, birthday: date | None, on: date) -> bool:
        return self._age(birthday, on) >= self.holder_from

    def of_age_on(self, birthday: date | None, on: date) -> date | None:
        """The birthday from which the member's own consent is needed; None if it is past or unknown."""
        if birthday is None or not self.is_child(birthday, on):
            return None
        return birthday_at(birthday, self.documents_below)

    @staticmethod
    def _age(birthday: date | None, on: date) -> int:
        return 999 if birthday is None else full_age(birthday, on)


def birthday_at(birthday: date, years: int) -> date:
    """The day on which somebody reaches this age; 1 March if there is no 29 February that year."""
    try:
        return birthday.replace(year=birthday.year + years)
    except ValueError:
        return date(birthday.year + years, 3, 1)


def find_implausible(relation: Relation, holder: InsuredPerson, member: InsuredPerson, on: date) -> str | None:
    """A sentence when relation, sex and ages cannot be true together, or None."""
    label = RELATION_LABELS[relation]
    wanted = _GENDERS.get(relation)
    if wanted and member.gender in (_MALE, _FEMALE) and member.gender != wanted:
        return str(_("您选的关系是“%(relation)s”，和这位家人登记的性别对不上，请核对关系。", relation=label))
    if holder.birthday is None or member.birthday is None:
        return None
    gap, least = (holder.birthday - member.birthday).days / 365.25, _GAPS.get(relation, 0)
    if (least > 0 and gap < least) or (least < 0 and gap > least):
        return str(_("您选的关系是“%(relation)s”，和你们两人的年龄对不上，请核对关系。", relation=label))
    if relation is Relation.spouse and min(full_age(holder.birthday, on), full_age(member.birthday, on)) < SPOUSE_AGE:
        return str(_("您选的关系是“%(relation)s”，和你们两人的年龄对不上，请核对关系。", relation=label))
    return None


def refuse_status(member: InsuredPerson) -> DomainError | None:
    """A member whose insurance is not in force cannot be added."""
    sentences = {
        InsuredStatus.suspended: _("这位家人的医保现在是暂停状态，不能添加。"),
        InsuredStatus.ended: _("这位家人的参保关系已经终止，不能添加。"),
        InsuredStatus.moved: _("这位家人的参保关系已经转到别的地方，不能在这里添加。"),
        InsuredStatus.died: _("医保局的登记里，这位家人已经离世，不能添加。"),
    }
    if member.status not in sentences:
        return None
    after = _("登记有误的话，请打电话问参保地的医保局。")
    return DomainError(f"member_{member.status.name}", sentences[member.status], after, status=403, region=member.insured_region)


def refuse_showing(member: InsuredPerson) -> str | None:
    """Why this member's code cannot be shown now, in one sentence, or None."""
    if member.status is InsuredStatus.normal:
        return None
    refusal = refuse_status(member)
    return {
        InsuredStatus.suspended: str(_("医保已暂停，现在不能出示。恢复参保后自动恢复。")),
        InsuredStatus.ended: str(_("参保关系已终止，不能出示。重新参保后自动恢复。")),
    }.get(member.status, str(refusal.what) if refusal else None)
