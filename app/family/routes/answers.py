"""How the pages of this feature send a visitor on, or back to the step they have reached."""

from typing import Any, NoReturn

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.visitor import current_visitor
from app.core.errors import DomainError, TooMany
from app.core.limits import per_hour, retry_after
from app.core.settings import settings
from app.family import queries, service
from app.family.models import DraftStep, LinkRequest, Way
from app.proofs.face import Capture, Handover
from app.roster.models import InsuredPerson

STEPS_TOTAL = 5
CAPTURE = "family_capture"

WAY_PAGES = {
    Way.documents: "family.new_papers",
    Way.vouching: "family.new_papers",
    Way.face: "family.new_face",
    Way.own_phone: "family.new_own_phone",
    Way.counter_code: "family.new_counter_code",
    Way.call_back: "family.new_call_back",
}
_ORDER = (DraftStep.notice, DraftStep.step_up, DraftStep.member, DraftStep.way, DraftStep.finish)


def go_to(endpoint: str, **values: Any) -> NoReturn:
    abort(redirect(url_for(endpoint, **values), 303))


def page_of(draft: LinkRequest | None) -> str:
    """The endpoint of the step this draft has reached; an expired step-up is asked for again."""
    if draft is None or draft.step in (DraftStep.notice, DraftStep.step_up) or not is_stepped_up(draft):
        return "family.new_request"
    if draft.step is DraftStep.member:
        return "family.edit_member"
    if draft.step is DraftStep.way or draft.way is None:
        return "family.edit_way"
    return WAY_PAGES[draft.way]


def is_stepped_up(draft: LinkRequest) -> bool:
    return service.is_stepped_up(draft, current_visitor.session)


def draft_at(step: DraftStep, *ways: Way) -> LinkRequest:
    """The draft, if it has reached this step (by one of these ways). Else a GET is redirected to its step, a POST is refused."""
    draft = queries.find_draft(current_visitor.account.id)
    is_here = draft is not None and is_stepped_up(draft) and _ORDER.index(draft.step) >= _ORDER.index(step)
    if draft is None or not is_here or (ways and draft.way not in ways):
        if request.method == "GET":
            go_to(page_of(draft))
        raise DomainError("out_of_order", _("这一步现在不能办。"), _("请回到“家人”，从那里继续。"), status=409)
    return draft


def member_of(draft: LinkRequest) -> InsuredPerson:
    return service.person_of(draft)


def steps_total(draft: LinkRequest) -> int:
    """One page more where there was a choice of ways (at sixteen) and papers were chosen."""
    return STEPS_TOTAL + (has_choice(draft) and draft.way is Way.documents)


def has_choice(draft: LinkRequest) -> bool:
    return len(service.ways_of(draft, member_of(draft))) > 1


def limit_face_starts() -> None:
    wait = retry_after(per_hour(settings.face_starts_per_hour), "face-start", str(current_visitor.account.id))
    if wait:
        raise TooMany(_("您开始人脸核验的次数太多了。"), _("请换一种方式，或过一小时再试。"), wait)


def hand_over(handover: Handover, instructions: str) -> ResponseReturnValue:
    """Redirects to the provider's page, or to ours that says what to do elsewhere. instructions: the address of our page."""
    if isinstance(handover, Capture):
        session[CAPTURE] = [handover.instructions, handover.back]
        return redirect(instructions, 303)
    return redirect(handover.url, 303)
