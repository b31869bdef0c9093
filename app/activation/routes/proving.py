"""The ways to prove one's identity, the same for every errand: a face check, or a code from the bureau's counter."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import signed_in
from app.accounts.visitor import current_visitor
from app.activation.forms import CounterCodeForm, FaceForm
from app.activation.policy import STEPS_TOTAL
from app.activation.routes.blueprint import blueprint
from app.activation.routes.errands import Errand, errand_of
from app.core.access import access
from app.core.errors import TooMany
from app.core.limits import per_hour, retry_after
from app.core.settings import settings
from app.proofs.face import Capture
from app.proofs.models import IdentityProof
from app.proofs.queries import may_try_face
from app.proofs.service import FaceOutcome, find_passed_proof, finish_face, spend_counter_code, start_face
from app.roster.models import InsuredPerson

CAPTURE = "face_capture"


@blueprint.post("/<any('activation', 're-binding', 'pin-reset', 'recovery'):slug>/face-check")
@access(signed_in)
def create_face_check(slug: str) -> ResponseReturnValue:
    errand = errand_of(slug)
    person = errand.person()
    if not errand.has_agreed(person):
        if not FaceForm().agrees.data:
            flash(_("要先同意人脸核验，才能刷脸。不愿意刷脸，请选“改用其他方式”。"), "warn")
            return redirect(url_for(errand.ways), 303)
        errand.agree(person)
    wait = retry_after(per_hour(settings.face_starts_per_hour), "face-start", str(current_visitor.account.id))
    if wait:
        raise TooMany(_("您开始人脸核验的次数太多了。"), _("请选“改用其他方式”，或过一小时再试。"), wait)
    back = url_for("activation.show_face_return", slug=slug, _external=True)
    handover = start_face(current_visitor.session, person, errand.purpose, back)
    if isinstance(handover, Capture):
        session[CAPTURE] = [handover.instructions, handover.back]
        return redirect(url_for("activation.show_capture", slug=slug), 303)
    return redirect(handover.url, 303)


@blueprint.get("/<any('activation', 're-binding', 'pin-reset', 'recovery'):slug>/face-check/instructions")
@access(signed_in)
def show_capture(slug: str) -> ResponseReturnValue:
    errand = errand_of(slug)
    errand.person()
    if CAPTURE not in session:
        return redirect(url_for(errand.ways), 303)
    instructions, back = session[CAPTURE]
    return render_template("activation/show_capture.html", instructions=instructions, back=back, **_place(errand))


@blueprint.get("/<any('activation', 're-binding', 'pin-reset', 'recovery'):slug>/face-check")
@access(signed_in)
def show_face_return(slug: str) -> ResponseReturnValue:
    """Where the provider returns the browser. `state` names one check of this session; its verdict is fetched from the provider."""
    errand = errand_of(slug)
    person = errand.person()
    state = request.args.get("state", "")
    outcome = finish_face(current_visitor.session, errand.purpose, state)
    if outcome in (FaceOutcome.pending, FaceOutcome.unavailable):
        page = render_template(
            "activation/show_face_waiting.html", outcome=outcome.value, state=state, slug=slug, person=person, **_place(errand)
        )
        return page, 503 if outcome is FaceOutcome.unavailable else 200
    session.pop(CAPTURE, None)
    proof = _find_proof(errand, person) if outcome is FaceOutcome.passed else None
    if proof is not None:
        return errand.arrive(proof)
    if outcome is not FaceOutcome.failed:
        flash(_("这次人脸核验已经失效。请再做一次，或选“改用其他方式”。"), "warn")
    elif may_try_face(person):  # else the page itself says that today's attempts are used up
        flash(_("人脸核验没有通过。请在光线好的地方，正对手机再试一次；也可以选“改用其他方式”。"), "danger")
    return redirect(url_for(errand.ways), 303)


@blueprint.get("/<any('activation', 're-binding', 'pin-reset', 'recovery'):slug>/counter-code")
@access(signed_in)
def new_counter_code(slug: str) -> ResponseReturnValue:
    errand = errand_of(slug)
    return _show_counter_code(errand, errand.person(), CounterCodeForm())


@blueprint.post("/<any('activation', 're-binding', 'pin-reset', 'recovery'):slug>/counter-code")
@access(signed_in)
def create_counter_proof(slug: str) -> ResponseReturnValue:
    errand = errand_of(slug)
    person = errand.person()
    form = CounterCodeForm()
    if not form.validate_on_submit():
        return _show_counter_code(errand, person, form, 422)
    result = spend_counter_code(current_visitor.session, person, errand.purpose, form.code.data or "")
    if result.proof is not None:
        return errand.arrive(result.proof)
    if result.guesses_left:
        form.code.errors = [_("这个核验码不对，请对照凭条再填一遍。还可以试 %(count)d 次。", count=result.guesses_left)]
    else:
        form.code.errors = [_("这个核验码不能用。请带身份证件到医保窗口领一个新的，或拨打下面的电话。")]
    return _show_counter_code(errand, person, form, 422)


def _show_counter_code(errand: Errand, person: InsuredPerson, form: CounterCodeForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("activation/new_counter_code.html", form=form, slug=errand.slug, person=person, **_place(errand))
    return page, status


def _find_proof(errand: Errand, person: InsuredPerson) -> IdentityProof | None:
    return find_passed_proof(current_visitor.session, person, errand.purpose)


def _place(errand: Errand) -> dict[str, object]:
    place: dict[str, object] = {"back_href": url_for(errand.ways)}
    return place | ({"step": errand.step, "steps_total": STEPS_TOTAL} if errand.step else {})
