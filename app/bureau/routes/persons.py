"""One person of the roster: found by identity document or by name, shown masked, their status changed."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.roster import REASON_NAMES, STATUS_NAMES, PersonSearchForm, StatusForm
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.credentials.queries import find_credential_of
from app.regions.queries import find_region
from app.roster import queries, service
from app.roster.models import InsuredPerson, InsuredStatus, StatusReason
from app.staff.policy import Right, may, refuse_oneself
from app.staff.visitor import current_staff

_FOUND = "roster_found"  # in the session: the ids found by the last search, and nothing that was typed


@blueprint.get("/bureau/roster/persons")
@access(may(Right.manage_roster))
def list_roster_persons() -> ResponseReturnValue:
    return _show_search(PersonSearchForm(formdata=None))


@blueprint.post("/bureau/roster/searches")
@access(may(Right.manage_roster))
def create_roster_search() -> ResponseReturnValue:
    form = PersonSearchForm()
    if not form.validate_on_submit():
        return _show_search(form, 422)
    who: dict[str, Any] = {"by": current_staff.actor, "regions": current_staff.regions}
    try:
        if request.form.get("way") == "name":
            found = service.search_name(form.name.data or "", form.tail.data or "", **who)
        else:
            found = service.search_document(form.cert_type.data, form.number.data or "", **who)
    except DomainError as refused:
        if not refused.field:
            raise
        form.refuse(form[refused.field], str(refused.what))
        return _show_search(form, 422)
    session[_FOUND] = found
    if len(found) == 1:
        return redirect(url_for("bureau.show_roster_person", person_id=found[0]), 303)
    return redirect(url_for("bureau.list_roster_persons"), 303)


@blueprint.get("/bureau/roster/persons/<int:person_id>")
@access(may(Right.manage_roster))
def show_roster_person(person_id: int) -> ResponseReturnValue:
    return _show(queries.get_person_of(person_id, current_staff.regions), StatusForm(formdata=None))


@blueprint.post("/bureau/roster/persons/<int:person_id>/status")
@access(may(Right.manage_roster))
def create_roster_status(person_id: int) -> ResponseReturnValue:
    person, form = queries.get_person_of(person_id, current_staff.regions), StatusForm()
    refuse_oneself(current_staff.member, person.id)
    if not form.validate_on_submit():
        return _show(person, form, 422)
    status = InsuredStatus(form.status.data)
    try:
        service.change_status(
            person_id, status, StatusReason(form.reason.data), seen=_seen(form.seen.data or ""), by=current_staff.actor
        )
    except DomainError as refused:
        if refused.code != "status_same":
            raise
        form.refuse(form.status, str(refused.what))
        return _show(queries.get_person_of(person_id, current_staff.regions), form, 422)
    flash(_("已改为“%(status)s”，现在就生效。", status=STATUS_NAMES[status]))
    return redirect(url_for("bureau.show_roster_person", person_id=person_id), 303)


def _seen(value: str) -> InsuredStatus:
    try:
        return InsuredStatus(value)
    except ValueError:
        raise DomainError("bad_request", _("浏览器发来的内容不完整。"), _("请回到上一页再试一次。"), status=400) from None


def _show_search(form: PersonSearchForm, status: int = 200) -> ResponseReturnValue:
    ids = session.get(_FOUND)
    page = render_template(
        "bureau/list_roster_persons.html",
        form=form,
        persons=queries.list_persons(ids or [], current_staff.regions),
        has_searched=ids is not None,
        cert_no_of=queries.cert_no_of,
        status_names=STATUS_NAMES,
    )
    return page, status


def _show(person: InsuredPerson, form: StatusForm, status: int = 200) -> ResponseReturnValue:
    region = find_region(person.insured_region)
    page = render_template(
        "bureau/show_roster_person.html",
        person=person,
        form=form,
        cert_no=queries.cert_no_of(person),
        region=region.name if region is not None else person.insured_region,
        credential=find_credential_of(person.id),
        changes=queries.list_status_changes(person.id),
        status_names=STATUS_NAMES,
        reason_names=REASON_NAMES,
    )
    return page, status
