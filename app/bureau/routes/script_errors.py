"""网页故障: which of this site's scripts failed on people's devices, and in which browsers."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.settings import settings
from app.script_errors import queries
from app.staff.policy import Right, may


@blueprint.get("/bureau/script-errors")
@access(may(Right.see_script_errors))
def list_script_errors() -> ResponseReturnValue:
    return render_template(
        "bureau/list_script_errors.html", faults=queries.list_script_errors(), days=settings.script_error_keep_days
    )
