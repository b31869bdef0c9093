"""The auditor's pages: alarms, the log and its search, one entry in full, who opened papers, the export, checking the chain."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms import AuditForm
from app.bureau.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.core.audit.queries import AuditFilter, AuditPage, find_seal_of, get_row, is_unchanged
from app.oversight import queries, service
from app.oversight.words import Group, outcome_of, sentence_of
from app.staff.policy import Right, may
from app.staff.visitor import current_staff
from app.staff_jobs.queries import find_latest, find_open, result_of

_OLDEST_YEAR = 2000  # fixed: no entry is older than the first such system
_ASKED = ("group", "outcome", "actor", "subject")


@blueprint.get("/bureau/audit")
@access(may(Right.read_audit))
def list_audit() -> ResponseReturnValue:
    """Shows the last seven days if nothing is asked for. Personal data is sent in the form, never in the address."""
    wanted = _wanted()
    return _show(AuditForm(formdata=None, data=_filled(wanted)), wanted)


@blueprint.post("/bureau/audit/searches")
@access(may(Right.read_audit))
def create_audit_search() -> ResponseReturnValue:
    form = AuditForm()
    if not form.validate_on_submit():
        return _show(form, _wanted(), 422)
    actor = queries.find_actor(form.actor.data or "")
    if (form.actor.data or "").strip() and not actor:
        form.refuse(form.actor, _("没有这个用户名，也没有这个编号的机构。"))
        return _show(form, _wanted(), 422)
    person_id: int | None = None
    if form.cert is not None:
        person_id = service.look_up_person(current_staff.member, form.cert.cert_type, form.cert.number)
        if not person_id:
            form.refuse(form.cert_no, _("名册里没有这个证件号码。"))
            return _show(form, _wanted(), 422)
    days = {"since": form.since.data, "until": form.until.data}
    asked: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
    asked |= {"group": form.group.data, "outcome": form.outcome.data, "actor": actor, "subject": (form.subject.data or "").strip()}
    given = {name: value for name, value in asked.items() if value}
    return redirect(url_for("bureau.list_audit", **given, person=person_id), 303)


@blueprint.get("/bureau/audit/<int:row_id>")
@access(may(Right.read_audit))
def show_audit(row_id: int) -> ResponseReturnValue:
    row = get_row(row_id)
    service.note_opened(current_staff.member, row)
    return render_template(
        "bureau/show_audit.html",
        row=row,
        names=queries.Names([row]),
        sentence_of=sentence_of,
        outcome_of=outcome_of,
        detail=queries.detail_of(row),
        unchanged=is_unchanged(row),
        seal=find_seal_of(row),
    )


@blueprint.get("/bureau/audit/document-views")
@access(may(Right.read_audit))
def list_document_views() -> ResponseReturnValue:
    """Which members of staff looked at whose papers: pages and letters."""
    wanted = replace(_wanted(default_days=30), tags=queries.VIEW_TAGS)
    found = service.search_log(current_staff.member, wanted, _before())
    return _render("bureau/list_document_views.html", found, wanted)


@blueprint.get("/bureau/alarms")
@access(may(Right.see_alarms))
def list_alarms() -> ResponseReturnValue:
    return _render("bureau/list_alarms.html", queries.list_alarms(_before()), None)


@blueprint.post("/bureau/audit/exports")
@access(may(Right.read_audit))
def create_audit_export() -> ResponseReturnValue:
    """Starts a background task that writes the rows of the page to a file."""
    staff_job = service.export_log(current_staff.member, _wanted())
    return redirect(url_for("bureau.show_staff_job", report_id=staff_job.id), 303)


@blueprint.post("/bureau/audit/verifications")
@access(may(Right.read_audit))
def create_verification_report() -> ResponseReturnValue:
    staff_job = service.verify_log(current_staff.member)
    return redirect(url_for("bureau.show_staff_job", report_id=staff_job.id), 303)


def _show(form: AuditForm, wanted: AuditFilter, status: int = 200) -> ResponseReturnValue:
    found = service.search_log(current_staff.member, wanted, _before()) if status == 200 else AuditPage([], None, is_whole=True)
    verified = find_latest(service.VERIFICATION)
    page = _render(
        "bureau/list_audit.html",
        found,
        wanted,
        form=form,
        is_refused=status != 200,
        person=queries.name_of(wanted.person_id),
        alarms=queries.count_alarms(),
        verified=verified,
        verifying=find_open(current_staff.staff_id, service.VERIFICATION),
        verified_result=result_of(verified) if verified is not None else {},
    )
    return page, status


def _render(template: str, found: AuditPage, wanted: AuditFilter | None, **more: Any) -> str:
    here = {name: value for name, value in request.args.items() if name != "before"}
    return render_template(
        template,
        found=found,
        names=queries.Names(found.rows),
        sentence_of=sentence_of,
        outcome_of=outcome_of,
        wanted=wanted,
        here=here,
        **more,
    )


def _before() -> int | None:
    return request.args.get("before", type=int)


def _wanted(default_days: int = queries.DEFAULT_DAYS) -> AuditFilter:
    """The filter given in the address, or in the hidden fields of the export. It always has two ends, at most a year apart."""
    given = request.values if request.endpoint == "bureau.create_audit_export" else request.args
    until_day, since_day = _day(given.get("until")), _day(given.get("since"))
    last = min(until_day or clock.today(), clock.today())
    first = since_day or last - timedelta(days=default_days - 1)
    if first.year < _OLDEST_YEAR or not timedelta(0) <= last - first < timedelta(days=queries.LONGEST_DAYS):
        abort(400)
    asked: dict[str, Any] = {name: given[name][:64] for name in _ASKED if given.get(name)}
    if asked.get("group") not in {None, *(group.value for group in Group)}:
        abort(400)
    person = given.get("person", type=int)
    if person is not None:
        asked["person"] = person
    since = clock.midnight(first)
    end = clock.midnight(last + timedelta(days=1)) - timedelta(microseconds=1)
    return service.wanted_of({"since": since.isoformat(), "until": min(end, clock.local(clock.now())).isoformat(), **asked})


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400)


def _filled(wanted: AuditFilter) -> dict[str, Any]:
    since, until = clock.local(wanted.since).date(), clock.local(wanted.until).date()
    return {
        "since": since,
        "until": until,
        "group": request.args.get("group", ""),
        "outcome": wanted.outcome,
        "actor": queries.typed_actor(wanted.actor),
        "subject": wanted.subject,
    }
