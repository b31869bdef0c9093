"""Cases of a kind that no feature owns, so that reviews are tested by themselves."""

from datetime import timedelta

from app.core import clock
from app.reviews import hooks
from app.reviews.models import CaseState, ReviewCase
from app.reviews.service import facts_of, may_decide, name_kind, on_decision, open_case, settle_decisions
from app.staff.models import StaffMember

KIND = "sample"


class Outcomes:
    """What the owner of the cases was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, CaseState]] = []
        self.kin: dict[str, int] = {}  # subject -> the member who is family
        hooks._kinds.pop(KIND, None)
        name_kind(KIND, "样例申请", {"birth_certificate": "出生医学证明"})
        on_decision(KIND, lambda case, outcome: self.told.append((case.subject, outcome)))
        may_decide(KIND, self._rule)
        facts_of(KIND, lambda subject: [("姓名", "李朵朵"), ("关系", "女儿"), ("编号", subject)])

    def _rule(self, staff: StaffMember, subject: str) -> str | None:
        return "这是您自己家的申请，不能由您来审。" if self.kin.get(subject) == staff.id else None


def make_case(number: int = 1, *, region: str = "510603", needs_second: bool = False) -> ReviewCase:
    return open_case(f"sample:{number}", KIND, region, needs_second=needs_second)


def let_settle() -> int:
    """The minute passes."""
    clock.move(timedelta(seconds=61))
    return settle_decisions()
