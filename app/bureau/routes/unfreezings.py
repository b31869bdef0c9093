"""恢复使用 by telephone: the second member confirms or refuses."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.hotline import queries, service
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.post("/bureau/unfreezings/<int:request_id>/confirmation")
@access(may(Right.confirm_unfreezing))
def create_confirmation(request_id: int) -> ResponseReturnValue:
    service.confirm_unfreezing(current_staff.member, queries.get_unfreezing(request_id, current_staff.regions))
    flash(_("已恢复使用。"))
    return redirect(url_for("bureau.list_calls"), 303)


@blueprint.post("/bureau/unfreezings/<int:request_id>/refusal")
@access(may(Right.confirm_unfreezing))
def create_refusal(request_id: int) -> ResponseReturnValue:
    service.refuse_unfreezing(current_staff.member, queries.get_unfreezing(request_id, current_staff.regions))
    flash(_("没有恢复，这件已经关闭。"), "info")
    return redirect(url_for("bureau.list_calls"), 303)
