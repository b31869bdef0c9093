"""复核: requests that wait for a second member; and a member's own inbox."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.bureau.routes.blueprint import blueprint
from app.config import Separation
from app.core.access import access
from app.core.settings import settings
from app.staff import queries, service
from app.staff.models import Approval, ApprovalState, StaffMember
from app.staff.policy import staff_signed_in
from app.staff.visitor import current_staff

STATES = {
    ApprovalState.open: _l("等待复核"),
    ApprovalState.approved: _l("已生效"),
    ApprovalState.refused: _l("已拒绝"),
    ApprovalState.withdrawn: _l("已撤回"),
    ApprovalState.expired: _l("已关闭，没有生效"),
}


@blueprint.get("/bureau/approvals")
@access(staff_signed_in)
def list_approvals() -> ResponseReturnValue:
    member, regions = current_staff.member, current_staff.regions
    asked, settled = queries.list_asked_by(member.id), queries.list_settled(member, regions)
    people = {id_ for one in asked + settled for id_ in (one.asked_by, one.decided_by, one.second_id) if id_ is not None}
    handovers = queries.list_handovers(member, regions)
    people |= {one.half_started_by for one in handovers if one.half_started_by is not None}
    return render_template(
        "bureau/list_approvals.html",
        handovers=handovers,
        waiting=queries.list_waiting_for(member, regions),
        asked=asked,
        settled=settled,
        names=queries.names_of(people),
        sentence_of=service.sentence_of,
        may_approve=lambda approval: service.may_approve(approval, member),
        states=STATES,
        is_small=settings.separation == Separation.small,
    )


@blueprint.post("/bureau/approvals/<int:approval_id>/approval")
@access(staff_signed_in)
def create_second_approval(approval_id: int) -> ResponseReturnValue:
    return _answer(service.approve, approval_id, _("已复核通过，已经生效。"))


@blueprint.post("/bureau/approvals/<int:approval_id>/refusal")
@access(staff_signed_in)
def create_second_refusal(approval_id: int) -> ResponseReturnValue:
    return _answer(service.refuse, approval_id, _("已拒绝，什么也没有改。"))


@blueprint.post("/bureau/approvals/<int:approval_id>/withdrawal")
@access(staff_signed_in)
def create_withdrawal(approval_id: int) -> ResponseReturnValue:
    return _answer(service.withdraw, approval_id, _("已撤回，什么也没有改。"))


@blueprint.post("/bureau/staff/<int:staff_id>/second-half")
@access(staff_signed_in)
def create_second_half_view(staff_id: int) -> ResponseReturnValue:
    """The response to the POST shows the second half, and no other page does: it is shown once."""
    member = queries.get_handover(staff_id, current_staff.member, current_staff.regions)
    half = service.show_second_half(member, to=current_staff.member)
    return render_template("bureau/show_second_half.html", member=member, half=half)


@blueprint.get("/bureau/messages")
@access(staff_signed_in)
def list_messages() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    return render_template("bureau/list_messages.html", messages=queries.list_staff_messages(current_staff.staff_id, before=before))


@blueprint.post("/bureau/messages/reading")
@access(staff_signed_in)
def create_messages_reading() -> ResponseReturnValue:
    service.mark_messages_read(current_staff.staff_id, request.form.get("up_to", 0, type=int))
    return redirect(url_for("bureau.list_messages"), 303)


def _answer(verb: Callable[[int, StaffMember], Approval], approval_id: int, said: str) -> ResponseReturnValue:
    verb(approval_id, current_staff.member)
    flash(said)
    return redirect(url_for("bureau.list_approvals"), 303)
