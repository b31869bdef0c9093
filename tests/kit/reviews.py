"""Cases of a kind that no feature owns, so that reviews are tested by themselves."""

from collections.abc import Callable
from datetime import timedelta

from flask import current_app

from app.core import clock
from app.reviews.models import CaseState, ReviewCase
from app.reviews.service import ReviewKind, open_case, provide_review_kinds, settle_decisions
from app.staff.models import StaffMember

KIND = "sample"


class Outcomes:
    """What the owner of the cases was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, CaseState]] = []
        self.kin: dict[str, int] = {}  # subject -> the member who is family
        self.take: Callable[[ReviewCase, CaseState], object] = lambda case, outcome: self.told.append((case.subject, outcome))
        provide_review_kinds.listen(current_app, self._list_kinds)

    def _list_kinds(self) -> list[ReviewKind]:
        return [
            ReviewKind(
                KIND,
                "样例申请",
                {"birth_certificate": "出生医学证明"},
                on_decision=self.take,
                refuse=self._refuse,
                list_facts=lambda subject: [("姓名", "李朵朵"), ("关系", "女儿"), ("编号", subject)],
            )
        ]

    def _refuse(self, staff: StaffMember, subject: str) -> str | None:
        return "这是您自己家的申请，不能由您来审。" if self.kin.get(subject) == staff.id else None


def make_case(number: int = 1, *, region: str = "510603", needs_second: bool = False) -> ReviewCase:
    return open_case(f"sample:{number}", KIND, region, needs_second=needs_second)


def let_settle() -> int:
    """The minute passes."""
    clock.move(timedelta(seconds=61))
    return settle_decisions()
