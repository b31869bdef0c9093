"""不是我: uses that were denied, and what was found out about them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.queries import find_account_of_person, phone_of
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.credentials.models import DenialOutcome, UseDenial
from app.credentials.queries import DENIALS_PAGE, get_denial_in, list_open_denials_in
from app.hotline import service
from app.roster.queries import cert_no_of
from app.staff.policy import Right, may
from app.staff.visitor import current_staff

OUTCOMES = {
    DenialOutcome.fraud: _l("是别人冒用的"),
    DenialOutcome.mistaken: _l("是本人用的，或者本人请人用的"),
    DenialOutcome.unclear: _l("没有查清"),
}


@blueprint.get("/bureau/denials")
@access(may(Right.follow_up_families))
def list_denials() -> ResponseReturnValue:
    """Lists the oldest first, because each denial keeps a code frozen."""
    found = list_open_denials_in(current_staff.regions, request.args.get("after", type=int))
    more = found[DENIALS_PAGE - 1].id if len(found) > DENIALS_PAGE else None
    return render_template("bureau/list_denials.html", denials=found[:DENIALS_PAGE], more=more)


@blueprint.get("/bureau/denials/<int:denial_id>")
@access(may(Right.follow_up_families))
def show_denial(denial_id: int) -> ResponseReturnValue:
    denial = _get(denial_id)
    service.open_denial(current_staff.member, denial)
    return _show(denial)


@blueprint.post("/bureau/denials/<int:denial_id>/settlement")
@access(may(Right.follow_up_families))
def create_denial_settlement(denial_id: int) -> ResponseReturnValue:
    denial, chosen = _get(denial_id), request.form.get("outcome", "")
    if chosen not in {outcome.value for outcome in DenialOutcome}:
        return _show(denial, _("请选一个结果。"), 422)
    service.close_denial(current_staff.member, denial, DenialOutcome(chosen))
    flash(_("已结案，参保人会收到消息。"))
    return redirect(url_for("bureau.list_denials"), 303)


@blueprint.post("/bureau/denials/<int:denial_id>/call")
@access(may(Right.follow_up_families))
def create_denial_call(denial_id: int) -> ResponseReturnValue:
    """Opens a call to the person; it goes on like any other call, with the checklist."""
    call = service.call_about_denial(current_staff.member, _get(denial_id))
    return redirect(url_for("bureau.show_call", call_id=call.id), 303)


def _get(denial_id: int) -> UseDenial:
    return get_denial_in(current_staff.regions, denial_id)


def _show(denial: UseDenial, error: str = "", status: int = 200) -> ResponseReturnValue:
    person = denial.credential.person
    account = find_account_of_person(person.id)
    page = render_template(
        "bureau/show_denial.html",
        denial=denial,
        person=person,
        cert_no=cert_no_of(person),
        phone=phone_of(account) if account else "",
        is_own_word=account is not None and denial.denied_by == account.actor,
        outcomes=OUTCOMES,
        error=error,
    )
    return page, status
