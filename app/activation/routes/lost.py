"""手机丢失: any browser, an SMS, one button. And the way back (恢复使用)."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser
from app.accounts.policy import signed_in
from app.accounts.queries import list_devices
from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import FaceForm, LostCodeForm, LostPersonForm
from app.activation.routes.blueprint import blueprint
from app.activation.routes.errands import errand_of
from app.core.access import access, anyone
from app.core.errors import TooMany
from app.core.limits import client_address
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus
from app.credentials.queries import find_credential_of
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.regions.queries import list_agencies
from app.roster.identity import clean_name


@blueprint.get("/lost")
@access(anyone)
def show_lost() -> ResponseReturnValue:
    if not current_visitor.is_authenticated:
        return render_template("activation/show_lost_stranger.html", agencies=list_agencies())
    account = current_visitor.account
    if not account.is_activated:
        return render_template("activation/show_lost_nothing.html", agencies=list_agencies())
    credential = _find_own()
    others = [each for each in list_devices(account.id) if each.id != current_visitor.device.id]
    if credential is not None and credential.status is CredentialStatus.frozen:
        return render_template("activation/show_lost_frozen.html", credential=credential, others=others)
    return render_template("activation/show_lost.html", credential=credential, others=others)


@blueprint.post("/lost/freezing")
@access(signed_in)
def create_freezing() -> ResponseReturnValue:
    """An SMS is enough to freeze the code, but not to unfreeze it."""
    account = current_visitor.account
    if account.is_activated:
        service.report_lost(account, by=account.actor, here=current_visitor.session)
        flash(_("已挂失。您的医保码从现在起不能使用，其他设备都已退出。"), "done")
    return redirect(url_for("activation.show_lost"), 303)


@blueprint.get("/lost/family-code")
@access(anyone)
def new_family_code() -> ResponseReturnValue:
    return _show_person(LostPersonForm())


@blueprint.post("/lost/family-code")
@access(anyone)
def create_family_code() -> ResponseReturnValue:
    """Responds the same for every well-formed request, whether or not the person exists."""
    form = LostPersonForm()
    if not form.validate_on_submit():
        return _show_person(form, 422)
    try:
        service.ask_lost_code(form.cert, clean_name(form.name.data or ""), browser=current_browser(), address=client_address())
    except TooMany as refusal:
        form.cert_no.errors = [refusal.what + refusal.next]
        page, status = _show_person(form, refusal.status)
        return page, status, {"Retry-After": str(refusal.retry_after)}
    return redirect(url_for("activation.new_family_freezing"), 303)


@blueprint.get("/lost/family-code/freezing")
@access(anyone)
def new_family_freezing() -> ResponseReturnValue:
    if queries.find_lost_report(current_browser().hash) is None:
        return redirect(url_for("activation.new_family_code"), 303)
    return _show_code(LostCodeForm())


@blueprint.post("/lost/family-code/freezing")
@access(anyone)
def create_family_freezing() -> ResponseReturnValue:
    form = LostCodeForm()
    if not form.validate_on_submit():
        return _show_code(form, 422)
    check = service.report_lost_by_code(form.digits, browser=current_browser())
    if check.ok:
        return redirect(url_for("activation.show_lost_done"), 303)
    if check.guesses_left:
        form.code.errors = [_("这个数字不对，请家人再念一遍。还可以试 %(count)d 次。", count=check.guesses_left)]
        return _show_code(form, 422)
    form.code.errors = [_("这个数字不能再用。请重新填写姓名和证件号码，或拨打下面的电话挂失。")]
    return _show_code(form, 429)


@blueprint.get("/lost/done")
@access(anyone)
def show_lost_done() -> ResponseReturnValue:
    """Says nothing about anybody: everyone who opens it reads the same."""
    return render_template("activation/show_lost_done.html", agencies=list_agencies())


@blueprint.get("/recovery")
@access(signed_in)
def show_recovery() -> ResponseReturnValue:
    errand = errand_of("recovery")
    person = errand.person()
    g.form_action = form_targets()
    return render_template(
        "activation/show_recovery.html",
        form=FaceForm(),
        person=person,
        has_agreed=errand.has_agreed(person),
        has_tries=may_try_face(person),
        back_href=url_for("activation.show_lost"),
    )


def _find_own() -> Credential | None:
    person_id = current_visitor.account.person_id
    return find_credential_of(person_id) if person_id is not None else None


def _show_person(form: LostPersonForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "activation/new_family_code.html", form=form, step=1, steps_total=2, back_href=url_for("activation.show_lost")
    )
    return page, status


def _show_code(form: LostCodeForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "activation/new_family_freezing.html",
        form=form,
        minutes=settings.lost_code_minutes,
        agencies=list_agencies(),
        step=2,
        steps_total=2,
        back_href=url_for("activation.new_family_code"),
    )
    return page, status
