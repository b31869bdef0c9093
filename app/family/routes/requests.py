"""A request as the holder sees it: its state, the pages asked for again, withdrawing it, appealing."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.documents.models import Slot
from app.family import queries, service
from app.family.forms import WAY_LABELS, AppealForm
from app.family.models import LinkRequest, RequestState
from app.family.policy import RELATION_LABELS
from app.family.routes.answers import go_to, page_of
from app.family.routes.blueprint import blueprint
from app.family.routes.ways import INVITATION
from app.reviews.queries import COUNTED, decision_note, find_case, list_reasons, place_in_queue


@blueprint.get("/family/requests/<int:request_id>")
@access(trusted)
def show_request(request_id: int) -> ResponseReturnValue:
    asked = _asked(request_id)
    case = find_case(asked.subject)
    mend = service.slots_to_mend(asked, case)
    return render_template(
        "family/show_request.html",
        asked=asked,
        person=service.person_of(asked),
        label=RELATION_LABELS[asked.relation] if asked.relation else "",
        way=WAY_LABELS[asked.way] if asked.way else "",
        case=case,
        place=place_in_queue(case) if case else 0,
        counted=COUNTED,
        reasons=list_reasons(case) if case else [],
        note=decision_note(case) if case else "",
        mend={Slot(slot): pages for slot, pages in mend.items()},
        slots=service.SLOTS,
        link_address=_invitation_of(asked),
        call=queries.find_call_back(asked.id),
    )


@blueprint.post("/family/requests/<int:request_id>/withdrawal")
@access(trusted)
def create_withdrawal(request_id: int) -> ResponseReturnValue:
    service.withdraw_request(_asked(request_id))
    flash(_("申请已撤回。"), "done")
    return redirect(url_for("family.list_members"), 303)


@blueprint.post("/family/requests/<int:request_id>/resubmission")
@access(trusted)
def create_resubmission(request_id: int) -> ResponseReturnValue:
    """补正."""
    service.hand_in_again(_asked(request_id))
    flash(_("已重新提交。"), "done")
    return redirect(url_for("family.show_request", request_id=request_id), 303)


@blueprint.get("/family/requests/<int:request_id>/appeal")
@access(trusted)
def new_appeal(request_id: int) -> ResponseReturnValue:
    return _show_appeal(_asked(request_id), AppealForm())


@blueprint.post("/family/requests/<int:request_id>/appeal")
@access(trusted)
def create_appeal(request_id: int) -> ResponseReturnValue:
    asked, form = _asked(request_id), AppealForm()
    if not form.validate_on_submit():
        return _show_appeal(asked, form, 422)
    service.appeal(asked, (form.text.data or "").strip())
    flash(_("申诉已提交，会由另一位审核员来看。"), "done")
    return redirect(url_for("family.show_request", request_id=request_id), 303)


def _show_appeal(asked: LinkRequest, form: AppealForm, status: int = 200) -> ResponseReturnValue:
    if asked.state is not RequestState.rejected:
        go_to("family.show_request", request_id=asked.id)
    return render_template("family/new_appeal.html", asked=asked, form=form), status


def _asked(request_id: int) -> LinkRequest:
    asked = queries.get_request(current_visitor.account.id, request_id)
    if asked.person_id is None or asked.state is RequestState.draft:
        go_to(page_of(queries.find_draft(current_visitor.account.id)))
    return asked


def _invitation_of(asked: LinkRequest) -> str:
    """The address of the link, shown only to the browser that made it and only while the request waits."""
    kept = session.get(INVITATION)
    if asked.state is not RequestState.waiting_authorisation or not kept or kept[0] != asked.id:
        return ""
    return url_for("family.show_invitation", token=kept[1], _external=True)
