"""A reviewer's form: what is wrong with each page, one reason for the whole case, a note to the citizen."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from app.core.forms import Form
from app.documents.models import DocumentPage
from app.reviews.models import ReviewReason

_PAGE_REASONS = (
    ReviewReason.blurred,
    ReviewReason.glare,
    ReviewReason.cut_off,
    ReviewReason.page_missing,
    ReviewReason.wrong_document,
    ReviewReason.names_differ,
    ReviewReason.numbers_differ,
    ReviewReason.expired,
    ReviewReason.altered,
    ReviewReason.other,
)
_WHOLE_REASONS = (
    ReviewReason.relation_unproven,
    ReviewReason.page_missing,
    ReviewReason.names_differ,
    ReviewReason.signature_missing,
    ReviewReason.not_entitled,
    ReviewReason.other,
)


def _choices(first: object, reasons: Sequence[ReviewReason]) -> list[tuple[str, str]]:
    return [("", str(first)), *((reason.value, reason.label) for reason in reasons)]


class DecisionForm(Form):
    """`round`: the one the reviewer has seen, so that an old page cannot decide a case that was corrected meanwhile."""

    round = HiddenField()
    whole = SelectField(_l("整份申请"), validate_choice=False)
    note = TextAreaField(_l("写给申请人的话"), [Length(max=500, message=_l("最多 500 个字，请写短一些。"))])

    def offer(self, pages: Sequence[DocumentPage]) -> None:
        self.whole.choices = _choices(_l("没有别的问题"), _WHOLE_REASONS)
        self._pages = list(pages)

    @property
    def page_choices(self) -> list[tuple[str, str]]:
        return _choices(_l("没有问题"), _PAGE_REASONS)

    def reasons(self, sent: dict[str, str]) -> list[tuple[str, int | None, ReviewReason]]:
        """The chosen reasons as (slot, page, reason). sent: the fields `page-<id>`. Unknown values are ignored."""
        chosen: list[tuple[str, int | None, str]] = [
            (str(page.slot), page.id, sent.get(f"page-{page.id}", "")) for page in self._pages
        ]
        chosen.append(("", None, self.whole.data or ""))
        known = {reason.value: reason for reason in ReviewReason}
        return [(slot, page_id, known[value]) for slot, page_id, value in chosen if value in known]
