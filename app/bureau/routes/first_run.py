"""The pages of the first run: open to anyone who can read the code in the instance folder, until the bureau is set up."""

from flask import redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app.bureau.forms.first_run import EntryForm, FirstStaffForm, NameForm, OfficeForm, RegionsForm
from app.bureau.routes.blueprint import blueprint
from app.config import Separation
from app.core.access import access
from app.core.errors import DomainError
from app.core.flask_types import app_of
from app.core.installation import find_profile, is_first_run
from app.core.settings import settings
from app.core.web import is_api
from app.regions.queries import list_agencies, list_insured_regions
from app.regions.service import shipped_cities
from app.setup import service
from app.setup.guard import is_setting_up, key_of_code, setting_up, while_first_run
from app.setup.service import FirstMember, Step
from app.setup.text_files import read_text
from app.staff.models import Role
from app.staff.role_names import ROLE_NAMES

OPEN_PATHS = ("/first-run", "/static/")
WAIT_SECONDS = 600  # fixed: Retry-After while the bureau is not open yet: nobody knows how long that takes
PAGES = {
    Step.bureau: "bureau.edit_first_name",
    Step.regions: "bureau.edit_first_regions",
    Step.agencies: "bureau.edit_first_agencies",
    Step.staff: "bureau.edit_first_staff",
    Step.opening: "bureau.show_first_opening",
}


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = app_of(state)
    app.before_request_funcs.setdefault(None, []).insert(0, _gate)


def _gate() -> ResponseReturnValue | None:
    """Runs before every other check: while the bureau is being set up, only the first run is served."""
    if request.path == "/healthz" or request.path.startswith(OPEN_PATHS) or not is_first_run():
        return None
    what, after = _("医保局的系统正在第一次设置，还不能使用。"), _("设置完成以后再来。")
    if is_api():
        raise DomainError("try_again", what, after, status=503, retry_after=WAIT_SECONDS)
    return render_template("bureau/show_not_open.html", what=what, next=after), 503, {"Retry-After": str(WAIT_SECONDS)}


@blueprint.get("/first-run")
@access(while_first_run)
def show_first_run() -> ResponseReturnValue:
    if not is_setting_up():
        return render_template("bureau/new_first_run.html", form=EntryForm(formdata=None))
    return _to_next()


@blueprint.post("/first-run")
@access(while_first_run)
def create_first_run() -> ResponseReturnValue:
    form = EntryForm()
    if not form.validate_on_submit() or not service.is_code(form.code.data or ""):
        form.refuse("code", _("设置码不对。它在服务器的 first-run-code 文件里。"))
        return render_template("bureau/new_first_run.html", form=form), 422
    session.clear()
    session["first_run"] = key_of_code()
    return _to_next()


@blueprint.get("/first-run/name")
@access(setting_up)
def edit_first_name() -> ResponseReturnValue:
    known = find_profile()
    data = {"name": known.name, "icp": known.icp_number, "police": known.police_number} if known else {}
    return render_template("bureau/edit_first_name.html", form=NameForm(formdata=None, data=data))


@blueprint.post("/first-run/name")
@access(setting_up)
def update_first_name() -> ResponseReturnValue:
    form = NameForm()
    try:
        service.name_bureau(form.name.data or "", form.icp.data or "", form.police.data or "")
    except DomainError as refusal:
        _say(form, refusal)
        return render_template("bureau/edit_first_name.html", form=form), 422
    return _to_next()


@blueprint.get("/first-run/regions")
@access(setting_up)
def edit_first_regions() -> ResponseReturnValue:
    return _show_regions(RegionsForm(formdata=None))


@blueprint.post("/first-run/regions")
@access(setting_up)
def update_first_regions() -> ResponseReturnValue:
    form = RegionsForm()
    try:
        if form.file.data:
            service.read_regions(read_text(form.file.data.stream, form.file.data.filename or ""))
        else:
            service.choose_regions(form.cities.data or [])
    except DomainError as refusal:
        _say(form, refusal)
        return _show_regions(form, 422)
    return _to_next()


@blueprint.get("/first-run/agencies")
@access(setting_up)
def edit_first_agencies() -> ResponseReturnValue:
    return _show_agencies(OfficeForm(formdata=None))


@blueprint.post("/first-run/agencies")
@access(setting_up)
def create_first_agency() -> ResponseReturnValue:
    form = OfficeForm()
    try:
        service.add_office(form.slug.data or "", form.name.data or "", form.region.data or "", form.phone.data or "")
    except DomainError as refusal:
        _say(form, refusal)
        return _show_agencies(form, 422)
    return redirect(url_for("bureau.edit_first_agencies"), 303)


@blueprint.get("/first-run/staff")
@access(setting_up)
def edit_first_staff() -> ResponseReturnValue:
    return _show_staff(FirstStaffForm(formdata=None))


@blueprint.post("/first-run/staff")
@access(setting_up)
def create_first_staff() -> ResponseReturnValue:
    """The response to the POST shows the one-time passwords. One user name given for two roles is one person with both."""
    form = FirstStaffForm()
    roles: dict[str, set[Role]] = {}
    names: dict[str, str] = {}
    for role in service.missing_posts():
        username = (form[f"{role.value}_username"].data or "").strip().casefold()
        roles.setdefault(username, set()).add(role)
        names.setdefault(username, (form[f"{role.value}_name"].data or "").strip())
    members = [FirstMember(username, names[username], frozenset(held)) for username, held in roles.items()]
    try:
        added = service.add_first_staff(members, form.agency.data or "")
    except DomainError as refusal:
        form.refuse(f"{service.missing_posts()[0].value}_username", refusal.what + refusal.next)
        return _show_staff(form, 422)
    return render_template("bureau/show_first_passwords.html", added=added)


@blueprint.get("/first-run/opening")
@access(setting_up)
def show_first_opening() -> ResponseReturnValue:
    if service.next_step() is not Step.opening:
        return _to_next()
    return render_template(
        "bureau/show_first_opening.html", profile=find_profile(), regions=list_insured_regions(), agencies=list_agencies()
    )


@blueprint.post("/first-run/opening")
@access(setting_up)
def create_first_opening() -> ResponseReturnValue:
    service.open_bureau()
    session.clear()
    return redirect(url_for("staff.new_session"), 303)


def _to_next() -> ResponseReturnValue:
    return redirect(url_for(PAGES[service.next_step()]), 303)


def _say(form: NameForm | RegionsForm | OfficeForm, refusal: DomainError) -> None:
    field = {"region_code": "region"}.get(refusal.field, refusal.field)
    if not form.refuse(field, refusal.what + refusal.next):
        raise refusal


def _show_regions(form: RegionsForm, status: int = 200) -> ResponseReturnValue:
    form.cities.choices = [SelectChoice(row["code"], row["name"]) for row in shipped_cities()]
    return render_template("bureau/edit_first_regions.html", form=form), status


def _show_agencies(form: OfficeForm, status: int = 200) -> ResponseReturnValue:
    form.region.choices = [SelectChoice(region.code, region.name) for region in list_insured_regions()]
    return render_template("bureau/edit_first_agencies.html", form=form, agencies=list_agencies()), status


def _show_staff(form: FirstStaffForm, status: int = 200) -> ResponseReturnValue:
    form.agency.choices = [SelectChoice(agency.slug, agency.name) for agency in list_agencies()]
    missing = service.missing_posts()
    page = render_template(
        "bureau/edit_first_staff.html",
        form=form,
        posts=[(ROLE_NAMES[role], form[f"{role.value}_username"], form[f"{role.value}_name"]) for role in missing],
        is_small=settings.separation == Separation.small,
    )
    return page, status
