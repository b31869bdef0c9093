"""手机丢失: any browser, a short message, one button. And the way back."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import signed_in
from app.accounts.queries import list_devices
from app.accounts.visitor import current_visitor
from app.activation import service
from app.activation.forms import FaceForm, LostForm
from app.activation.routes.blueprint import blueprint
from app.activation.routes.errands import errand_of
from app.core.access import access, anyone
from app.credentials.models import Credential, CredentialStatus
from app.credentials.queries import find_credential_of
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.regions.queries import list_agencies


@blueprint.get("/lost")
@access(anyone)
def show_lost() -> ResponseReturnValue:
    if not current_visitor.is_authenticated:
        return render_template("activation/show_lost_stranger.html", agencies=list_agencies())
    credential = _find_own()
    if credential is None:
        return render_template("activation/show_lost_nothing.html", agencies=list_agencies())
    if credential.status is CredentialStatus.frozen:
        return render_template("activation/show_lost_frozen.html", credential=credential)
    others = [each for each in list_devices(current_visitor.account.id) if each.id != current_visitor.device.id]
    return render_template("activation/show_lost.html", credential=credential, form=LostForm(), others=others)


@blueprint.post("/lost/freezing")
@access(signed_in)
def create_freezing() -> ResponseReturnValue:
    """An SMS is enough to stop it; to give it back it is not."""
    credential = _find_own()
    if credential is not None:
        service.report_lost(current_visitor.session, credential, removes_others=bool(LostForm().removes_others.data))
        flash(_("已挂失。您的医保码从现在起不能使用。"), "done")
    return redirect(url_for("activation.show_lost"), 303)


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
