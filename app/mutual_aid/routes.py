"""家庭共济: what it is, the visitor's authorisations, and giving or revoking one."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import ConsentPurpose, Notice
from app.accounts.notice_words import in_words
from app.accounts.policy import trusted
from app.accounts.queries import find_notice
from app.accounts.service import check_step_up
from app.accounts.visitor import current_visitor
from app.core.access import access, anyone
from app.core.errors import DomainError, TooMany
from app.core.limits import per_hour, retry_after
from app.core.settings import settings
from app.family.models import Relation
from app.family.policy import RELATION_LABELS
from app.mutual_aid import queries, service
from app.mutual_aid.forms import AuthorisationForm
from app.mutual_aid.money import show_yuan
from app.mutual_aid.policy import refuse_payer
from app.roster.models import InsuredPerson
from app.roster.queries import get_person

blueprint = Blueprint("mutual_aid", __name__)


@blueprint.get("/services/mutual-aid")
@access(anyone)
def list_aids() -> ResponseReturnValue:
    """Anybody may read what it is; a trusted visitor sees their own authorisations below."""
    person = _person() if current_visitor.is_authenticated and current_visitor.is_trusted else None
    return render_template(
        "mutual_aid/list_aids.html",
        person=person,
        refusal=refuse_payer(person) if person else None,
        given=queries.list_given(person.id) if person else [],
        received=queries.list_received(person.id) if person else [],
        labels=RELATION_LABELS,
        show_yuan=show_yuan,
    )


@blueprint.get("/services/mutual-aid/new")
@access(trusted)
def new_aid() -> ResponseReturnValue:
    notice, refusal = _notice(), refuse_payer(_person())
    if refusal is not None:
        return _show(None, notice, refusal, 200)
    return _show(AuthorisationForm(in_words(notice).label), notice)


@blueprint.post("/services/mutual-aid")
@access(trusted)
def create_aid() -> ResponseReturnValue:
    account, notice = current_visitor.account, _notice()
    form = AuthorisationForm(in_words(notice).label)
    if not form.validate_on_submit():
        return _show(form, notice, status=422)
    wait = retry_after(per_hour(settings.person_lookups_per_hour), "mutual-aid", str(account.id))
    if wait:
        raise TooMany(_("您试的次数太多了。"), _("请过一小时再试。"), wait)
    step_up = check_step_up(current_visitor.device, form.pin.data or "")
    if not step_up.ok:
        form.pin.errors = [step_up.sentence]
        answer = _show(form, notice, status=429 if step_up.locked_until else 422)
        if step_up.locked_until:
            answer.headers["Retry-After"] = str(step_up.retry_after)
        return answer
    try:
        service.authorise_payment(
            account,
            relation=Relation(form.relation.data),
            name=form.name.data or "",
            cert=form.cert,
            monthly_cap=form.cap,
            notice=notice,
        )
    except DomainError as error:
        return _show(form, notice, error, error.status)
    flash(_("已授权。您和家人都会在消息里看到。"))
    return redirect(url_for("mutual_aid.list_aids"), 303)


@blueprint.get("/services/mutual-aid/<int:aid_id>/revocation")
@access(trusted)
def new_revocation(aid_id: int) -> ResponseReturnValue:
    aid = queries.get_aid(current_visitor.account.person_id or 0, aid_id)
    is_payer = aid.payer_person_id == current_visitor.account.person_id
    return render_template(
        "mutual_aid/new_revocation.html", aid=aid, is_payer=is_payer, labels=RELATION_LABELS, show_yuan=show_yuan
    )


@blueprint.post("/services/mutual-aid/<int:aid_id>/revocation")
@access(trusted)
def create_revocation(aid_id: int) -> ResponseReturnValue:
    account = current_visitor.account
    service.revoke_payment(queries.get_aid(account.person_id or 0, aid_id), by=account.actor)
    flash(_("已取消授权。以前付过的不受影响。"))
    return redirect(url_for("mutual_aid.list_aids"), 303)


def _person() -> InsuredPerson | None:
    person_id = current_visitor.account.person_id
    return get_person(person_id) if person_id else None


def _notice() -> Notice:
    notice = find_notice(ConsentPurpose.mutual_aid)
    if notice is None:
        raise DomainError("no_notice", _("现在不能办理家庭共济。"), _("请过几分钟再试，或拨打热线。"), status=503)
    return notice


def _show(form: AuthorisationForm | None, notice: Notice, refusal: DomainError | None = None, status: int = 200) -> Response:
    page = render_template(
        "mutual_aid/new_aid.html", form=form, notice=notice, refusal=refusal, is_refused=refusal is not None and form is not None
    )
    return Response(page, status)
