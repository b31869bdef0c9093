"""What a clerk does during a visit: print a letter with eight digits, issue a slip, make a family link."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import find_account_of_person, phone_of
from app.bureau.forms.counter import BindingForm, SlipForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.counter import facts_of
from app.core.access import access
from app.core.display import masked_name
from app.core.errors import DomainError, NotFound
from app.counter import queries, service
from app.counter.models import CounterVisit, LetterKind
from app.credentials.queries import list_last_places, list_slips_of_person
from app.family.models import Relation
from app.family.policy import RELATION_LABELS
from app.family.queries import list_waiting_for_counter
from app.institutions.business_types import BUSINESS_TYPES
from app.proofs.queries import find_live_counter_code
from app.roster.queries import get_person
from app.staff.policy import Right, may
from app.staff.visitor import current_staff

LETTER = "counter_letter"


@blueprint.get("/bureau/counter/visits/<int:visit_id>")
@access(may(Right.serve_at_counter))
def show_counter_visit(visit_id: int) -> ResponseReturnValue:
    return show_visit(own_visit(visit_id), SlipForm(formdata=None))


@blueprint.post("/bureau/counter/visits/<int:visit_id>/letters")
@access(may(Right.serve_at_counter))
def create_counter_letter(visit_id: int) -> ResponseReturnValue:
    visit, wanted = own_visit(visit_id), request.form.get("kind", "")
    if wanted not in set(LetterKind):
        raise NotFound
    session[LETTER] = [visit.id, service.give_letter(current_staff.member, visit, LetterKind(wanted))]
    return redirect(url_for("bureau.show_counter_letter", visit_id=visit.id), 303)


@blueprint.get("/bureau/counter/visits/<int:visit_id>/letter")
@access(may(Right.serve_at_counter))
def show_counter_letter(visit_id: int) -> ResponseReturnValue:
    """Shows the letter for printing. Only a hash is stored; the cookie keeps the digits sealed for minutes, in case paper jams."""
    visit = own_visit(visit_id)
    of_visit, sealed = session.get(LETTER) or (0, "")
    letter = service.open_letter(visit, sealed) if of_visit == visit.id else None
    person = get_person(visit.person_id)
    page = render_template(
        "bureau/show_counter_letter.html",
        visit=visit,
        name=masked_name(person.name),
        region=person.insured_region,
        kind=letter[0].value if letter else "",
        code=letter[1] if letter else "",
        until=_letter_until(visit) if letter else None,
    )
    return page, 200 if letter else 410


@blueprint.get("/bureau/counter/visits/<int:visit_id>/family")
@access(may(Right.serve_at_counter))
def new_counter_binding(visit_id: int) -> ResponseReturnValue:
    return _show_binding(own_visit(visit_id), BindingForm(formdata=None))


@blueprint.post("/bureau/counter/visits/<int:visit_id>/family")
@access(may(Right.serve_at_counter))
def create_counter_binding(visit_id: int) -> ResponseReturnValue:
    visit, form = own_visit(visit_id), BindingForm()
    if not form.validate_on_submit():
        return _show_binding(visit, form, 422)
    try:
        relation, both_here = Relation(form.relation.data), bool(form.both_here.data)
        link = service.bind_family(current_staff.member, visit, form.cert, relation, both_here=both_here)
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return _show_binding(visit, form, refusal.status)
    flash(_("已绑定。%(name)s 的医保码，现在可以在办理人的手机上出示。", name=masked_name(link.member.name)))
    return redirect(url_for("bureau.show_counter_visit", visit_id=visit.id), 303)


@blueprint.post("/bureau/counter/visits/<int:visit_id>/requests/<int:request_id>/authorisation")
@access(may(Right.serve_at_counter))
def create_counter_authorisation(visit_id: int, request_id: int) -> ResponseReturnValue:
    visit = own_visit(visit_id)
    service.authorise_family(current_staff.member, visit, request_id)
    flash(_("已记下本人同意，申请人会收到消息。"))
    return redirect(url_for("bureau.show_counter_visit", visit_id=visit.id), 303)


def own_visit(visit_id: int) -> CounterVisit:
    return queries.get_visit(current_staff.staff_id, visit_id)


def show_visit(visit: CounterVisit, form: SlipForm, status: int = 200) -> ResponseReturnValue:
    person = get_person(visit.person_id)
    account = find_account_of_person(person.id)
    slips = list_slips_of_person(person.id)
    last = list_last_places(current_staff.actor)
    known = queries.list_institutions_of({*last, *(slip.institution_id for slip in slips)})
    page = render_template(
        "bureau/show_counter_visit.html",
        visit=visit,
        form=form,
        fact=facts_of(person),
        phone=phone_of(account) if account else "",
        needs_consent=service.needs_paper_consent(person),
        slips=slips,
        places=known,
        last_places=[known[one] for one in last if one in known],
        purposes=BUSINESS_TYPES,
        waiting=[(one, get_person(one.holder.person_id or 0)) for one in list_waiting_for_counter(person.id)],
        relations=RELATION_LABELS,
    )
    return page, status


def _show_binding(visit: CounterVisit, form: BindingForm, status: int = 200) -> ResponseReturnValue:
    person = get_person(visit.person_id)
    return render_template("bureau/new_counter_binding.html", visit=visit, form=form, person=person), status


def _letter_until(visit: CounterVisit) -> object:
    code = find_live_counter_code(get_person(visit.person_id))
    return code.expires_at if code else None
