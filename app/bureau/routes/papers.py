"""The papers of a case, watermarked; only the member who holds the case sees them, and each view is audited."""

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import get_account
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.cases import is_held_here
from app.bureau.watermark import watermarked
from app.core.access import access
from app.core.errors import DomainError, NotFound
from app.documents.queries import get_page
from app.documents.service import open_page
from app.letters.queries import find_letter
from app.letters.service import open_pdf
from app.reviews import queries, service
from app.reviews.models import ReviewCase
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/cases/<int:case_id>/pages/<int:page_id>")
@access(may(Right.decide_cases))
def show_paper(case_id: int, page_id: int) -> ResponseReturnValue:
    """One page as JPEG, with the watermark 仅用于医保亲情账户审核."""
    case = _held(case_id)
    page = get_page(page_id)
    if page.subject != case.subject or not page.is_ready:
        raise NotFound
    picture = open_page(page, by=current_staff.actor)
    return _answer(watermarked(picture, current_staff.member.username), "image/jpeg", f"page-{page.id}.jpg")


@blueprint.get("/bureau/cases/<int:case_id>/letter")
@access(may(Right.decide_cases))
def show_letter(case_id: int) -> ResponseReturnValue:
    """The signed commitment letter: exactly the PDF whose hash is stored."""
    case = _held(case_id)
    letter = find_letter(case.subject)
    if letter is None or not letter.is_signed:
        raise NotFound
    service.note_letter_viewed(current_staff.member, case, person_id=get_account(letter.owner_account_id).person_id)
    return _answer(open_pdf(letter), "application/pdf", f"letter-{letter.id}.pdf")


def _held(case_id: int) -> ReviewCase:
    case = queries.get_case(case_id)
    service.refuse_reader(current_staff.member, case)
    if not is_held_here(case):
        raise DomainError("not_claimed", _("这件现在不在您手里。"), _("请先领取，再看材料。"), status=409)
    return case


def _answer(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
