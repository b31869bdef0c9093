"""The first page of the desk: what there is to do."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.bureau.audit_queries import count_alarms
from app.bureau.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.reviews.queries import COUNTED, count_waiting
from app.staff.policy import Right, staff_signed_in
from app.staff.visitor import current_staff


@blueprint.get("/bureau")
@access(staff_signed_in)
def show_desk() -> ResponseReturnValue:
    is_reviewer = current_staff.may(Right.decide_cases)
    return render_template(
        "bureau/show_desk.html",
        is_reviewer=is_reviewer,
        waiting=count_waiting(current_staff.regions) if is_reviewer else 0,
        overdue=count_waiting(current_staff.regions, due_before=clock.now()) if is_reviewer else 0,
        counted=COUNTED,
        alarms=count_alarms() if current_staff.may(Right.see_alarms) else None,
    )
