"""回电: the call-backs that families booked, with the number to ring and the checklist."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import get_account
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.family.models import CallBack, CallBackState, RequestState
from app.family.policy import RELATION_LABELS
from app.family.queries import get_call_back_in, list_booked_calls, phone_to_call
from app.family.service import CHECKLIST
from app.hotline import service
from app.roster.queries import cert_no_of, get_person
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/call-backs")
@access(may(Right.follow_up_families))
def list_call_backs() -> ResponseReturnValue:
    return render_template("bureau/list_call_backs.html", calls=list_booked_calls(current_staff.regions))


@blueprint.get("/bureau/call-backs/<int:call_back_id>")
@access(may(Right.follow_up_families))
def show_call_back(call_back_id: int) -> ResponseReturnValue:
    call = _get(call_back_id)
    service.open_call_back(current_staff.member, call)
    return _show(call)


@blueprint.post("/bureau/call-backs/<int:call_back_id>/completion")
@access(may(Right.follow_up_families))
def create_completion(call_back_id: int) -> ResponseReturnValue:
    """The result `agreed` needs every line of the checklist; any other result ends the request, and nobody is added."""
    call, answers = _get(call_back_id), request.form.getlist("answers")
    if request.form.get("result") != "agreed":
        service.disagree_by_telephone(current_staff.member, call, answers)
        flash(_("已记下：没有同意，申请结束。"), "info")
        return redirect(url_for("bureau.list_call_backs"), 303)
    try:
        after = service.agree_by_telephone(current_staff.member, call, answers)
    except DomainError as refusal:
        if refusal.field != "answers":
            raise
        return _show(_get(call_back_id), answers, f"{refusal.what}{refusal.next}", refusal.status)
    flash(_("已记下：本人同意，等审核。") if after.state is RequestState.waiting_review else _("已记下：本人同意。"))
    return redirect(url_for("bureau.list_call_backs"), 303)


@blueprint.post("/bureau/call-backs/<int:call_back_id>/no-answer")
@access(may(Right.follow_up_families))
def create_no_answer(call_back_id: int) -> ResponseReturnValue:
    service.note_no_answer(current_staff.member, _get(call_back_id))
    flash(_("已记下：没有人接。对方会收到消息，可以另约时间。"), "info")
    return redirect(url_for("bureau.list_call_backs"), 303)


def _get(call_back_id: int) -> CallBack:
    return get_call_back_in(current_staff.regions, call_back_id)


def _show(call: CallBack, answers: list[str] | None = None, error: str = "", status: int = 200) -> ResponseReturnValue:
    asked = call.request
    member = get_person(asked.person_id or 0)
    holder_id = get_account(asked.holder_account_id).person_id
    page = render_template(
        "bureau/show_call_back.html",
        call=call,
        is_open=call.state is CallBackState.booked,
        phone=phone_to_call(call),
        member=member,
        cert_no=cert_no_of(member),
        holder=get_person(holder_id) if holder_id else None,
        relation=RELATION_LABELS[asked.relation] if asked.relation else "",
        checklist=CHECKLIST,
        answers=answers or [],
        error=error,
    )
    return page, status
