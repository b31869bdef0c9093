"""The first of the bureau's pages: what there is to do."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.bureau.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.credentials.queries import count_open_denials_in
from app.family.queries import count_due_calls
from app.oversight.queries import count_alarms
from app.regions.queries import list_unchecked_hotlines
from app.reviews.queries import COUNTED, count_waiting, find_missing_year
from app.staff.policy import Right, staff_signed_in
from app.staff.queries import count_unread, list_handovers, list_waiting_for
from app.staff.visitor import current_staff


@blueprint.get("/bureau")
@access(staff_signed_in)
def show_desk() -> ResponseReturnValue:
    follows_up = current_staff.may(Right.follow_up_families)
    is_reviewer = current_staff.may(Right.decide_cases)
    writes_content = current_staff.may(Right.manage_content)
    return render_template(
        "bureau/show_desk.html",
        is_reviewer=is_reviewer,
        waiting=count_waiting(current_staff.regions) if is_reviewer else 0,
        overdue=count_waiting(current_staff.regions, due_before=clock.now()) if is_reviewer else 0,
        counted=COUNTED,
        unchecked_hotlines=len(list_unchecked_hotlines()) if writes_content else 0,
        missing_year=find_missing_year() if writes_content else None,
        unread=count_unread(current_staff.staff_id),
        to_approve=len(list_waiting_for(current_staff.member, current_staff.regions)),
        handovers=len(list_handovers(current_staff.member, current_staff.regions)),
        alarms=count_alarms() if current_staff.may(Right.see_alarms) else None,
        denials=count_open_denials_in(current_staff.regions) if follows_up else 0,
        calls_due=count_due_calls(current_staff.regions) if follows_up else 0,
    )
