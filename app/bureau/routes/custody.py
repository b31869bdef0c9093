"""监护争议: while a custody dispute lasts, two reviewers decide about adding the child."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.family.queries import DISPUTES_PAGE, get_dispute, list_open_disputes
from app.hotline import queries, service
from app.roster.queries import cert_no_of
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/custody-disputes")
@access(may(Right.follow_up_families))
def list_custody_disputes() -> ResponseReturnValue:
    found = list_open_disputes(current_staff.regions, request.args.get("before", type=int))
    more = found[DISPUTES_PAGE - 1][0].id if len(found) > DISPUTES_PAGE else None
    return render_template("bureau/list_custody_disputes.html", disputes=found[:DISPUTES_PAGE], more=more, cert_no_of=cert_no_of)


@blueprint.post("/bureau/custody-disputes/<int:flag_id>/settlement")
@access(may(Right.follow_up_families))
def create_custody_settlement(flag_id: int) -> ResponseReturnValue:
    flag, _person = get_dispute(current_staff.regions, flag_id)
    service.settle_custody(current_staff.member, flag)
    flash(_("争议已结束。以后添加这个孩子，一位审核员就可以决定。"))
    return redirect(url_for("bureau.list_custody_disputes"), 303)


@blueprint.post("/bureau/calls/<int:call_id>/custody-dispute")
@access(may(Right.follow_up_families))
def create_custody_dispute(call_id: int) -> ResponseReturnValue:
    """Marks a dispute from the call about the child, so that no child has to be looked up by number here."""
    call = queries.get_call(current_staff.staff_id, call_id)
    if service.dispute_custody(current_staff.member, call):
        flash(_("已标记。以后添加这个孩子，要两位审核员都同意。"))
    else:
        flash(_("以前已经标记过了。"), "info")
    return redirect(url_for("bureau.show_call", call_id=call_id), 303)
