"""机构: the register of hospitals, pharmacies and counters, and what each may scan (S63, S76)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.ending import EndingForm
from app.bureau.forms.institutions import InstitutionForm, KeyEndForm, KeyRequestForm, OperatorForm
from app.bureau.queries.institutions import list_scan_days
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.institutions import service
from app.institutions.business_types import BUSINESS_TYPES, SCENES
from app.institutions.models import ApiKey, Institution, InstitutionKind
from app.institutions.queries import (
    PAGE,
    get_seen,
    is_live,
    list_acts,
    list_keys,
    list_open_grants,
    list_operators,
    list_page,
    regions_seen,
)
from app.institutions.scene_names import KIND_NAMES, SCENE_NAMES, scenes_of
from app.oversight.words import sentence_of
from app.regions.queries import find_region, list_insured_regions
from app.staff.policy import Right, may
from app.staff.queries import list_open_about, names_of_actors
from app.staff.visitor import current_staff

SEE = may(Right.manage_institutions, Right.approve_keys)
CHANGE = may(Right.manage_institutions)
_STATES = {"on": True, "off": False}


@blueprint.get("/bureau/institutions")
@access(SEE)
def list_institutions() -> ResponseReturnValue:
    text, kind = request.args.get("q", "").strip()[:60], request.args.get("kind", "")
    region, state = request.args.get("region", ""), request.args.get("state", "")
    found = list_page(
        regions_seen(current_staff.regions),
        beginning=text,
        kind=InstitutionKind(kind) if kind in {k.value for k in InstitutionKind} else None,
        region=region,
        is_enabled=_STATES.get(state),
        after=request.args.get("after", "")[:12],
    )
    return render_template(
        "bureau/list_institutions.html",
        institutions=found[:PAGE],
        has_more=len(found) > PAGE,
        query=text,
        kind=kind,
        region=region,
        state=state,
        regions=_own_regions(),
        kind_names=KIND_NAMES,
        scene_names=SCENE_NAMES,
        scenes_of=scenes_of,
        grants=list_open_grants(current_staff.staff_id),
    )


@blueprint.get("/bureau/institutions/new")
@access(CHANGE)
def new_institution() -> ResponseReturnValue:
    return _show_form(InstitutionForm(), None)


@blueprint.post("/bureau/institutions")
@access(CHANGE)
def create_institution() -> ResponseReturnValue:
    form = InstitutionForm()
    form.offer(_own_regions())
    try:
        _require_own(form)
        made = service.add_institution(
            (form.code.data or "").strip().upper(),
            form.name.data or "",
            region_code=form.region_code.data or "",
            business_types=form.business_types.data or [],
            is_sandbox=form.is_sandbox.data,
            supports_challenge=form.supports_challenge.data,
            by=current_staff.actor,
        )
    except DomainError as refusal:
        if not form.refuse(refusal.field or "code", refusal.what):
            raise
        return _show_form(form, None, refusal.status)
    flash(_("已登记。接下来可以给它申请密钥，或者添加经办人。"))
    return _to(made.id)


@blueprint.get("/bureau/institutions/<int:institution_id>")
@access(SEE)
def show_institution(institution_id: int) -> ResponseReturnValue:
    return show_page(get_own(institution_id))


@blueprint.get("/bureau/institutions/<int:institution_id>/details")
@access(CHANGE)
def edit_institution(institution_id: int) -> ResponseReturnValue:
    known = get_own(institution_id)
    form = InstitutionForm(
        formdata=None,
        code=known.fixmedins_code,
        name=known.name,
        region_code=known.region_code,
        business_types=known.scenes,
        supports_challenge=known.supports_challenge,
    )
    return _show_form(form, known)


@blueprint.post("/bureau/institutions/<int:institution_id>/details")
@access(CHANGE)
def update_institution(institution_id: int) -> ResponseReturnValue:
    known, form = get_own(institution_id), InstitutionForm()
    form.offer(_own_regions())
    try:
        _require_own(form)
        service.change_institution(
            known.fixmedins_code,
            name=form.name.data or "",
            region_code=form.region_code.data or "",
            business_types=form.business_types.data or [],
            supports_challenge=form.supports_challenge.data,
            by=current_staff.actor,
        )
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return _show_form(form, known, refusal.status)
    flash(_("已保存，从下一次扫码起按新的办。"))
    return _to(institution_id)


@blueprint.post("/bureau/institutions/<int:institution_id>/disabling")
@access(CHANGE)
def create_disabling(institution_id: int) -> ResponseReturnValue:
    known, form = get_own(institution_id), _disabling()
    if not form.validate_on_submit():
        return show_page(known, disabling_form=form, status=422)
    service.set_enabled(known.fixmedins_code, False, current_staff.actor)
    flash(_("已停用，从下一次扫码起不再受理。"))
    return _to(institution_id)


@blueprint.post("/bureau/institutions/<int:institution_id>/enabling")
@access(CHANGE)
def create_enabling(institution_id: int) -> ResponseReturnValue:
    service.set_enabled(get_own(institution_id).fixmedins_code, True, current_staff.actor)
    flash(_("已启用，下一次扫码就可以用。"))
    return _to(institution_id)


def get_own(institution_id: int) -> Institution:
    return get_seen(institution_id, current_staff.regions)


def show_page(
    institution: Institution,
    *,
    keys_form: KeyRequestForm | None = None,
    end_form: KeyEndForm | None = None,
    operator_form: OperatorForm | None = None,
    disabling_form: EndingForm | None = None,
    revocation: tuple[int, EndingForm] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Shows the institution with the form that was refused, and the others empty. revocation: the key's number and its form."""
    keys = list_keys(institution.id)
    live = [key for key in keys if is_live(key)]
    endings = {key.id: key_ending(key.id) for key in live} | dict([revocation] if revocation else [])
    given = (keys_form, end_form, operator_form, disabling_form, *endings.values())
    refused = next((form for form in given if form is not None and form.errors), None)
    page = render_template(
        "bureau/show_institution.html",
        institution=institution,
        region=_region_of(institution)[institution.region_code],
        kind_name=KIND_NAMES[institution.kind],
        scenes=SCENES,
        scene_names=SCENE_NAMES,
        business_types=BUSINESS_TYPES,
        keys=keys,
        live=live,
        endings=endings,
        grants=[g for g in list_open_grants(current_staff.staff_id) if g.institution_id == institution.id],
        asked=list_open_about(institution.subject),
        operators=list_operators(institution.id),
        scan_days=list_scan_days(institution),
        **_acts_on(institution, keys),
        keys_form=keys_form or KeyRequestForm(formdata=None),
        end_form=end_form or KeyEndForm(formdata=None),
        operator_form=operator_form or OperatorForm(formdata=None),
        disabling_form=disabling_form or _disabling(),
        form=refused,
    )
    return page, status


def _acts_on(institution: Institution, keys: list[ApiKey]) -> dict[str, Any]:
    """The acts on it as sentences, and the names of those who did them or who issued or approved its keys."""
    acts = list_acts(institution.id)
    actors = {key.issued_by for key in keys} | {key.approved_by for key in keys} | {act.actor for act in acts}
    return {"acts": acts, "act_sentence": sentence_of, "names": names_of_actors(actors)}


def key_ending(key_id: int) -> EndingForm:
    return EndingForm(_("我确认立即停用密钥 pz_%(number)d，知道不能恢复", number=key_id), prefix=f"key-{key_id}-")


def _disabling() -> EndingForm:
    return EndingForm(_("我确认要停用这家机构"), prefix="disabling-")


def _show_form(form: InstitutionForm, known: Institution | None, status: int = 200) -> ResponseReturnValue:
    form.offer(_own_regions() | (_region_of(known) if known else {}))
    page = render_template(
        "bureau/edit_institution.html",
        form=form,
        known=known,
        scenes=SCENES,
        scene_names=SCENE_NAMES,
        business_types=BUSINESS_TYPES,
        chosen=set(form.business_types.data or []),
    )
    return page, status


def _own_regions() -> dict[str, str]:
    return {found.code: found.name for found in list_insured_regions() if found.code in current_staff.regions}


def _region_of(institution: Institution) -> dict[str, str]:
    """Its region as a choice for its own form, even if the region has been retired."""
    region = find_region(institution.region_code)
    return {institution.region_code: region.name if region else institution.region_code}


def _require_own(form: InstitutionForm) -> None:
    if (form.region_code.data or "") not in current_staff.regions:
        raise DomainError("region_foreign", _("请选择您负责的地方。"), field="region")


def _to(institution_id: int) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_institution", institution_id=institution_id), 303)
