"""Where a code was used, with 不是我 on each use. A relative sees and denies only uses that their own devices showed."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import NotFound
from app.credentials import queries, service
from app.credentials.code_page import label_of
from app.credentials.queries.denials import AnsweredUse, get_use, list_uses
from app.credentials.service import Showable

blueprint = Blueprint("uses", __name__)


@blueprint.get("/me/uses")
@access(trusted)
def show_uses() -> ResponseReturnValue:
    """The newest fifty uses; `of` names the code, without it the visitor's own."""
    showables = service.list_showables(current_visitor.account)
    if not showables:
        return render_template("credentials/show_uses.html", showable=None, showables=[], uses=[], label_of=label_of)
    of = request.args.get("of", type=int)
    showable = showables[0] if of is None else _choose(of)
    uses = list_uses(showable.credential_id, shown_on_account=_seen_by(showable))
    return render_template("credentials/show_uses.html", showable=showable, showables=showables, uses=uses, label_of=label_of)


@blueprint.get("/me/uses/<int:scan_id>/denial")
@access(trusted)
def new_denial(scan_id: int) -> ResponseReturnValue:
    """Asks for confirmation before it freezes; afterwards it says what happened."""
    showable, answered = _find(request.args.get("of", type=int), scan_id)
    return render_template("credentials/new_denial.html", showable=showable, answered=answered, label=label_of(showable))


@blueprint.post("/me/uses/<int:scan_id>/denial")
@access(trusted)
def create_denial(scan_id: int) -> ResponseReturnValue:
    showable, answered = _find(request.form.get("of", type=int), scan_id)
    return _deny(showable, answered)


@blueprint.get("/me/uses/latest/denial")
@access(trusted)
def find_latest() -> ResponseReturnValue:
    """The use the phone has just heard of: `of` and `used`, the issued-at of its code. If there is a newer one, shows the list."""
    showable, scan_id = _latest(request.args.get("of", type=int), request.args.get("used", type=int))
    if scan_id is None:
        return redirect(url_for("uses.show_uses", of=showable.credential_id), 303)
    return redirect(url_for("uses.new_denial", scan_id=scan_id, of=showable.credential_id), 303)


@blueprint.post("/me/uses/latest/denial")
@access(trusted)
def create_latest_denial() -> ResponseReturnValue:
    """The same from the button on the code page, which has already asked for confirmation."""
    showable, scan_id = _latest(request.form.get("of", type=int), request.form.get("used", type=int))
    if scan_id is None:
        return redirect(url_for("uses.show_uses", of=showable.credential_id), 303)
    return _deny(*_find(showable.credential_id, scan_id))


def _deny(showable: Showable, answered: AnsweredUse) -> ResponseReturnValue:
    credential = queries.get_credential(showable.credential_id)
    service.deny_use(credential, answered.use, account_id=current_visitor.account.id)
    return redirect(url_for("uses.new_denial", scan_id=answered.use.scan_id, of=showable.credential_id), 303)


def _find(of: int | None, scan_id: int) -> tuple[Showable, AnsweredUse]:
    showable = _choose(of)
    return showable, get_use(showable.credential_id, scan_id, shown_on_account=_seen_by(showable))


def _latest(of: int | None, used: int | None) -> tuple[Showable, int | None]:
    showable = _choose(of)
    shown = queries.find_shown_credential(current_visitor.session.device_id, showable.credential_id)
    return showable, shown.last_scan_id if shown is not None and shown.last_used == used else None


def _choose(of: int | None) -> Showable:
    """Without an id the visitor's own code. Raises NotFound for a code this account does not show."""
    showables = service.list_showables(current_visitor.account)
    found = next((s for s in showables if s.credential_id == of or (of is None and s.shown_by == "self")), None)
    if found is None:
        raise NotFound
    return found


def _seen_by(showable: Showable) -> int | None:
    """The holder sees every use of their own code, a relative only those on the relative's devices."""
    return None if showable.shown_by == "self" else current_visitor.account.id
