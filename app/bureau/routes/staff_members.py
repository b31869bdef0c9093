"""人员: the members of staff. A security administrator sees the members of the agencies in their own region."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.staff_members import AgencyForm, NewMemberForm, PersonForm, RolesForm, SecondForm
from app.bureau.routes.blueprint import blueprint
from app.config import Separation
from app.core.access import access
from app.core.display import masked_name
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.roster.queries import find_person, get_person
from app.staff import queries, service
from app.staff.models import StaffMember
from app.staff.policy import Right, may
from app.staff.role_names import ROLE_NAMES
from app.staff.visitor import current_staff

STATES = ("active", "disabled", "newcomers")


@blueprint.get("/bureau/staff")
@access(may(Right.manage_staff))
def list_staff_members() -> ResponseReturnValue:
    query, state = request.args.get("q", "").strip()[:40], request.args.get("state", "")
    members = queries.list_colleagues(
        _agency_ids(), prefix=query, state=state if state in STATES else "", after=request.args.get("after", "")
    )
    return render_template(
        "bureau/list_staff_members.html",
        members=members[: queries.MEMBERS_SHOWN],
        has_more=len(members) > queries.MEMBERS_SHOWN,
        query=query,
        state=state,
    )


@blueprint.get("/bureau/staff/new")
@access(may(Right.manage_staff))
def new_staff_member() -> ResponseReturnValue:
    form = NewMemberForm(formdata=None)
    form.offer(queries.list_reached(current_staff.regions))
    return _show_new(form)


@blueprint.post("/bureau/staff")
@access(may(Right.manage_staff))
def create_staff_member() -> ResponseReturnValue:
    """The response to the POST shows the one-time password, because it is stored nowhere."""
    form = NewMemberForm()
    form.offer(queries.list_reached(current_staff.regions))
    if not form.validate_on_submit():
        return _show_new(form, 422)
    try:
        added, approval = service.appoint_staff(
            form.username.data or "", form.name.data or "", agency=form.agency.data, roles=form.chosen, by=current_staff.member
        )
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what + refusal.next):
            raise
        return _show_new(form, refusal.status)
    return _show_password(added.member, added.one_time_password, waits=approval is not None)


@blueprint.get("/bureau/staff/<int:staff_id>")
@access(may(Right.manage_staff))
def show_staff_member(staff_id: int) -> ResponseReturnValue:
    return _show(_get(staff_id))


@blueprint.post("/bureau/staff/<int:staff_id>/roles")
@access(may(Right.manage_staff))
def create_roles(staff_id: int) -> ResponseReturnValue:
    member, form = _get(staff_id), RolesForm()
    try:
        approval = service.assign_roles(member, form.chosen, by=current_staff.member)
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what + refusal.next):
            raise
        return _show(member, roles_form=form, status=refusal.status)
    flash(_("已提出，复核通过以后生效。") if approval else _("岗位已改，马上生效。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/agency")
@access(may(Right.manage_staff))
def create_agency_change(staff_id: int) -> ResponseReturnValue:
    member, form = _get(staff_id), AgencyForm()
    form.offer(queries.list_reached(current_staff.regions))
    if not form.validate_on_submit():
        return _show(member, agency_form=form, status=422)
    service.change_agency(member, form.agency.data, by=current_staff.actor)
    flash(_("单位已改，马上生效。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/disabling")
@access(may(Right.manage_staff))
def create_staff_disabling(staff_id: int) -> ResponseReturnValue:
    service.disable_staff(_get(staff_id), by=current_staff.actor)
    flash(_("已停用，所有登录都已退出。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/enabling")
@access(may(Right.manage_staff))
def create_staff_enabling(staff_id: int) -> ResponseReturnValue:
    service.enable_staff(_get(staff_id), by=current_staff.actor)
    flash(_("已恢复，可以用原来的密码登录。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/sessions/ending")
@access(may(Right.manage_staff))
def create_sessions_ending(staff_id: int) -> ResponseReturnValue:
    service.end_all_sessions(_get(staff_id), by=current_staff.actor)
    flash(_("所有登录都已退出。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/reset-request")
@access(may(Right.manage_staff))
def create_reset_request(staff_id: int) -> ResponseReturnValue:
    service.ask_reset(_get(staff_id), by=current_staff.member)
    flash(_("已提出，复核通过以后再来打印新密码。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/reset")
@access(may(Right.manage_staff))
def create_staff_reset(staff_id: int) -> ResponseReturnValue:
    """The response to the POST shows the one-time password."""
    member = _get(staff_id)
    return _show_password(member, service.reset_colleague(member, by=current_staff.member).one_time_password, waits=False)


@blueprint.post("/bureau/staff/<int:staff_id>/person")
@access(may(Right.manage_staff))
def create_person_link(staff_id: int) -> ResponseReturnValue:
    """Links the member to their person in the roster, so that nobody decides for their family. The number is never shown."""
    member, form = _get(staff_id), PersonForm()
    if not form.validate_on_submit():
        return _show(member, person_form=form, status=422)
    person = find_person(form.cert.cert_type, form.cert.number)
    if person is None:
        form.refuse("cert_no", _("名册里没有这个证件号码，请核对一遍。"))
        return _show(member, person_form=form, status=422)
    service.link_person(member, person.id, by=current_staff.actor)
    flash(_("已记下，以后不会让本人审核自己家的事。"))
    return _back(staff_id)


@blueprint.post("/bureau/staff/<int:staff_id>/second")
@access(may(Right.manage_staff))
def create_second(staff_id: int) -> ResponseReturnValue:
    second = request.form.get("second", 0, type=int)
    approval = service.name_second(_get(staff_id), queries.get_staff(second), by=current_staff.member)
    flash(_("已提出，现在的第二个人不拒绝才生效。") if approval else _("已记下。"))
    return _back(staff_id)


def _agency_ids() -> list[int]:
    return [agency.id for agency in queries.list_reached(current_staff.regions)]


def _get(staff_id: int) -> StaffMember:
    member = queries.get_staff(staff_id)
    if member.agency_id not in _agency_ids():
        raise NotFound
    return member


def _back(staff_id: int) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_staff_member", staff_id=staff_id), 303)


def _show_new(form: NewMemberForm, status: int = 200) -> ResponseReturnValue:
    return render_template("bureau/new_staff_member.html", form=form, role_names_by=ROLE_NAMES), status


def _show_password(member: StaffMember, password: str, *, waits: bool) -> ResponseReturnValue:
    return render_template("bureau/show_one_time_password.html", member=member, password=password, waits=waits)


def _show(
    member: StaffMember,
    *,
    roles_form: RolesForm | None = None,
    agency_form: AgencyForm | None = None,
    person_form: PersonForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if agency_form is None:
        agency_form = AgencyForm(formdata=None, agency=member.agency.slug)
        agency_form.offer(queries.list_reached(current_staff.regions))
    is_small = settings.separation == Separation.small
    second, second_form = service.find_second(member) if is_small else None, SecondForm(formdata=None)
    if is_small:
        second_form = SecondForm(formdata=None, second=str(second.id) if second else "")
        second_form.offer([one for one in queries.list_active() if one.id != member.id])
    page = render_template(
        "bureau/show_staff_member.html",
        member=member,
        form=next((one for one in (roles_form, agency_form, person_form) if one is not None and one.errors), None),
        roles_form=roles_form or RolesForm(formdata=None, roles=[role.value for role in member.roles]),
        agency_form=agency_form,
        person_form=person_form or PersonForm(formdata=None),
        second_form=second_form,
        person=masked_name(get_person(member.person_id).name) if member.person_id else "",
        sessions=queries.list_open_sessions(member.id),
        is_me=member.id == current_staff.staff_id,
        needs_grant=service.needs_grant(member),
        has_grant=service.has_grant(member, current_staff.member),
        waiting=queries.list_open_about(member.actor),
        sentence_of=service.sentence_of,
        is_small=is_small,
        second=second,
        role_names_by=ROLE_NAMES,
    )
    return page, status
