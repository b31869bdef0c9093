"""The counter: find the person, check their identity document, then act. No address contains personal data."""

import secrets

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.bureau.forms.counter import DocumentForm, EntryForm, NameForm, PapersForm
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.core.forms import RefusableForm
from app.counter import queries, service
from app.counter.models import CounterScan
from app.credentials.policy import SLIP
from app.credentials.queries import find_credential_of
from app.hotline.models import HotlineSearch
from app.hotline.queries import get_search, list_persons
from app.hotline.service import search_name
from app.regions.queries import find_region
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of, get_person
from app.scanning.paper_reasons import on_paper
from app.scanning.reasons import REASONS, Reason
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/counter")
@access(may(Right.serve_at_counter))
def show_counter() -> ResponseReturnValue:
    return _show_counter()


@blueprint.post("/bureau/counter/entries")
@access(may(Right.serve_at_counter))
def create_entry() -> ResponseReturnValue:
    """Takes what a scanner or a clerk typed into the field that has the focus."""
    form = EntryForm()
    try:
        found = service.enter(current_staff.member, form.entry.data or "", form.nonce.data or "")
    except DomainError as refusal:
        return _refused(form, refusal)
    if isinstance(found, HotlineSearch):
        return _to_search(found)
    return redirect(url_for("bureau.show_counter_scan", scan_id=found.id), 303)


@blueprint.post("/bureau/counter/searches")
@access(may(Right.serve_at_counter))
def create_counter_search() -> ResponseReturnValue:
    """Searches by another identity document, or by name and the end of the number."""
    by_name = request.form.get("by") == "name"
    form: RefusableForm = NameForm() if by_name else DocumentForm()
    if not form.validate_on_submit():
        return _show_counter(form, 422)
    try:
        if isinstance(form, DocumentForm):
            return _to_search(service.search_document(current_staff.member, form.cert))
        return _to_search(search_name(current_staff.member, form["name"].data or "", form["tail"].data or ""))
    except DomainError as refusal:
        return _refused(form, refusal)


@blueprint.get("/bureau/counter/searches/<int:search_id>")
@access(may(Right.serve_at_counter))
def show_counter_search(search_id: int) -> ResponseReturnValue:
    return _show_search(get_search(current_staff.staff_id, search_id), PapersForm(formdata=None))


@blueprint.post("/bureau/counter/searches/<int:search_id>/persons/<int:person_id>/visit")
@access(may(Right.serve_at_counter))
def create_counter_visit(search_id: int, person_id: int) -> ResponseReturnValue:
    search = get_search(current_staff.staff_id, search_id)
    form = PapersForm()
    try:
        if person_id not in search.found:
            raise DomainError("not_found_here", status=404, what="")
        visit = service.open_visit(current_staff.member, person_id, papers_checked=form.papers.data, way="search")
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return _show_search(search, form, 422, about=person_id)
    return redirect(url_for("bureau.show_counter_visit", visit_id=visit.id), 303)


@blueprint.get("/bureau/counter/scans/<int:scan_id>")
@access(may(Right.serve_at_counter))
def show_counter_scan(scan_id: int) -> ResponseReturnValue:
    return _show_scan(queries.get_scan(current_staff.staff_id, scan_id), PapersForm(formdata=None))


@blueprint.post("/bureau/counter/scans/<int:scan_id>/visit")
@access(may(Right.serve_at_counter))
def create_scan_visit(scan_id: int) -> ResponseReturnValue:
    scan = queries.get_scan(current_staff.staff_id, scan_id)
    form = PapersForm()
    try:
        visit = service.open_visit(current_staff.member, scan.person_id or 0, papers_checked=form.papers.data, way="scan")
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return _show_scan(scan, form, 422)
    return redirect(url_for("bureau.show_counter_visit", visit_id=visit.id), 303)


def _to_search(search: HotlineSearch) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_counter_search", search_id=search.id), 303)


def _refused(form: RefusableForm, refusal: DomainError) -> ResponseReturnValue:
    if not form.refuse(refusal.field, f"{refusal.what}{refusal.next}"):
        raise refusal
    return _show_counter(form, refusal.status)


def _show_counter(form: RefusableForm | None = None, status: int = 200) -> ResponseReturnValue:
    """form: the one of the three forms that was sent; the others are shown empty."""
    entry = form if isinstance(form, EntryForm) else EntryForm(formdata=None)
    entry["nonce"].data = secrets.token_urlsafe(12)
    page = render_template(
        "bureau/show_counter.html",
        form=form,
        entry=entry,
        document=form if isinstance(form, DocumentForm) else DocumentForm(formdata=None),
        by_name=form if isinstance(form, NameForm) else NameForm(formdata=None),
        counter=queries.find_counter(current_staff.regions),
    )
    return page, status


def _show_search(search: HotlineSearch, form: PapersForm, status: int = 200, about: int = 0) -> ResponseReturnValue:
    persons = list_persons(search.found)
    page = render_template(
        "bureau/show_counter_search.html",
        search=search,
        form=form,
        found=[facts_of(person) for person in persons],
        about=about or (persons[0].id if persons else 0),
    )
    return page, status


def _show_scan(scan: CounterScan, form: PapersForm, status: int = 200) -> ResponseReturnValue:
    person = get_person(scan.person_id) if scan.person_id else None
    page = render_template(
        "bureau/show_counter_scan.html",
        scan=scan,
        form=form,
        fact=facts_of(person) if person else None,
        reason=_reason_of(scan),
        is_ours=person is not None and person.insured_region in current_staff.regions,
    )
    return page, status


def _reason_of(scan: CounterScan) -> Reason | None:
    reason = REASONS.get(scan.reason)
    return on_paper(reason) if reason and scan.shown_by == SLIP else reason


def facts_of(person: InsuredPerson) -> dict[str, object]:
    """What a clerk compares with the identity document in their hand."""
    region = find_region(person.insured_region)
    return {
        "person": person,
        "cert_no": cert_no_of(person),
        "region": region.name if region else person.insured_region,
        "credential": find_credential_of(person.id),
    }
