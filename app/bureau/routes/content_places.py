"""Insured regions and the offices responsible for them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.content import AgencyForm, RegionForm
from app.bureau.forms.ending import EndingForm
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.regions import queries, service
from app.regions.models import Agency, Region
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/content/regions")
@access(may(Right.manage_content))
def list_regions() -> ResponseReturnValue:
    return _show_regions(RegionForm(data={"is_insured": True, "level": "county"}))


@blueprint.post("/bureau/content/regions")
@access(may(Right.manage_content))
def create_region() -> ResponseReturnValue:
    form = RegionForm()
    try:
        region = service.add_region(
            form.code.data or "",
            form.name.data or "",
            form.chosen_level,
            form.parent.data or "",
            is_insured=form.is_insured.data,
            by=current_staff.actor,
        )
    except DomainError as refusal:
        return _show_regions(form, form.take(refusal))
    flash(_("已添加%(name)s。", name=region.name))
    return redirect(url_for("bureau.list_regions"), 303)


@blueprint.get("/bureau/content/regions/<int:code>")
@access(may(Right.manage_content))
def edit_region(code: int) -> ResponseReturnValue:
    region = queries.get_region(str(code))
    return _show_region(_filled_region(region), region)


@blueprint.post("/bureau/content/regions/<int:code>")
@access(may(Right.manage_content))
def update_region(code: int) -> ResponseReturnValue:
    region, form = queries.get_region(str(code)), RegionForm()
    try:
        service.change_region(region.code, form.name.data or "", is_insured=form.is_insured.data, by=current_staff.actor)
    except DomainError as refusal:
        return _show_region(form, region, form.take(refusal))
    flash(_("已保存。"))
    return redirect(url_for("bureau.list_regions"), 303)


@blueprint.post("/bureau/content/regions/<int:code>/retirement")
@access(may(Right.manage_content))
def create_region_retirement(code: int) -> ResponseReturnValue:
    region, form = queries.get_region(str(code)), _region_ending()
    if not form.validate_on_submit():
        return _show_region(_filled_region(region), region, 422, ending=form)
    try:
        service.retire_region(region.code, by=current_staff.actor)
    except DomainError as refusal:
        form.refuse(form.confirmed, refusal.what + refusal.next)
        return _show_region(_filled_region(region), region, refusal.status, ending=form)
    flash(_("%(name)s已停用：以后不能再选，原来选了它的人不受影响。", name=region.name))
    return redirect(url_for("bureau.list_regions"), 303)


@blueprint.post("/bureau/content/regions/<int:code>/return")
@access(may(Right.manage_content))
def create_region_return(code: int) -> ResponseReturnValue:
    region = service.restore_region(str(code), by=current_staff.actor)
    flash(_("%(name)s已恢复，可以选了。", name=region.name))
    return redirect(url_for("bureau.list_regions"), 303)


@blueprint.get("/bureau/content/agencies")
@access(may(Right.manage_content))
def list_agencies() -> ResponseReturnValue:
    return _show_agencies(AgencyForm())


@blueprint.post("/bureau/content/agencies")
@access(may(Right.manage_content))
def create_agency() -> ResponseReturnValue:
    form = AgencyForm()
    try:
        agency = service.add_agency(
            form.slug.data or "", form.name.data or "", form.region.data or "", form.parent.data or "", by=current_staff.actor
        )
    except DomainError as refusal:
        return _show_agencies(form, form.take(refusal))
    flash(_("已添加%(name)s。请接着添上它的电话。", name=agency.name))
    return redirect(url_for("bureau.list_agencies"), 303)


@blueprint.get("/bureau/content/agencies/<int:agency_id>")
@access(may(Right.manage_content))
def edit_agency(agency_id: int) -> ResponseReturnValue:
    agency = queries.get_agency_by_id(agency_id)
    return _show_agency(_filled_agency(agency), agency)


@blueprint.post("/bureau/content/agencies/<int:agency_id>")
@access(may(Right.manage_content))
def update_agency(agency_id: int) -> ResponseReturnValue:
    agency, form = queries.get_agency_by_id(agency_id), AgencyForm()
    try:
        service.change_agency(
            agency.id, form.name.data or "", form.region.data or "", form.parent.data or "", by=current_staff.actor
        )
    except DomainError as refusal:
        return _show_agency(form, agency, form.take(refusal))
    flash(_("已保存。"))
    return redirect(url_for("bureau.list_agencies"), 303)


@blueprint.post("/bureau/content/agencies/<int:agency_id>/position")
@access(may(Right.manage_content))
def update_agency_position(agency_id: int) -> ResponseReturnValue:
    service.move_agency(agency_id, up=request.form.get("to") == "up", by=current_staff.actor)
    return redirect(url_for("bureau.list_agencies"), 303)


@blueprint.post("/bureau/content/agencies/<int:agency_id>/retirement")
@access(may(Right.manage_content))
def create_agency_retirement(agency_id: int) -> ResponseReturnValue:
    agency, form = queries.get_agency_by_id(agency_id), _agency_ending()
    if not form.validate_on_submit():
        return _show_agency(_filled_agency(agency), agency, 422, ending=form)
    try:
        service.retire_agency(agency.id, by=current_staff.actor)
    except DomainError as refusal:
        form.refuse(form.confirmed, refusal.what + refusal.next)
        return _show_agency(_filled_agency(agency), agency, refusal.status, ending=form)
    flash(_("%(name)s已停用，参保人看不到它和它的电话了。", name=agency.name))
    return redirect(url_for("bureau.list_agencies"), 303)


@blueprint.post("/bureau/content/agencies/<int:agency_id>/return")
@access(may(Right.manage_content))
def create_agency_return(agency_id: int) -> ResponseReturnValue:
    agency = service.restore_agency(agency_id, by=current_staff.actor)
    flash(_("%(name)s已恢复。", name=agency.name))
    return redirect(url_for("bureau.list_agencies"), 303)


def _show_regions(form: RegionForm, status: int = 200) -> ResponseReturnValue:
    regions = queries.list_regions()
    form.offer(regions)
    names = {region.code: region.name for region in regions}
    return render_template("bureau/list_regions.html", form=form, regions=regions, names=names), status


def _show_region(form: RegionForm, region: Region, status: int = 200, *, ending: EndingForm | None = None) -> ResponseReturnValue:
    """The template's `form` is the one that was refused: the page sums up its errors at the top."""
    page = render_template(
        "bureau/edit_region.html", form=ending or form, details=form, ending=ending or _region_ending(), region=region
    )
    return page, status


def _show_agencies(form: AgencyForm, status: int = 200) -> ResponseReturnValue:
    regions = queries.list_regions()
    form.offer(regions)
    names = {region.code: region.name for region in regions}
    agencies = queries.list_agencies(with_retired=True)
    return render_template("bureau/list_agencies.html", form=form, agencies=agencies, names=names), status


def _show_agency(form: AgencyForm, agency: Agency, status: int = 200, *, ending: EndingForm | None = None) -> ResponseReturnValue:
    form.offer(queries.list_regions(), kept=agency.region_code)
    page = render_template(
        "bureau/edit_agency.html", form=ending or form, details=form, ending=ending or _agency_ending(), agency=agency
    )
    return page, status


def _filled_region(region: Region) -> RegionForm:
    return RegionForm(formdata=None, data={"name": region.name, "is_insured": region.is_insured_region})


def _filled_agency(agency: Agency) -> AgencyForm:
    now = {"name": agency.name, "region": agency.region_code or "", "parent": agency.parent_region_code or ""}
    return AgencyForm(formdata=None, data=now)


def _region_ending() -> EndingForm:
    return EndingForm(_("我确认要停用这个地区"))


def _agency_ending() -> EndingForm:
    return EndingForm(_("我确认要停用这个机构"))
