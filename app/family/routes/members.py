"""家人: the list of members, a member's page, unbinding, freezing, renewing, objecting."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core import clock
from app.core.access import access
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus
from app.credentials.queries import find_credential_of
from app.family import queries, service
from app.family.models import FamilyLink, LinkEnd, LinkState
from app.family.policy import RELATION_LABELS, AgePolicy, refuse_showing
from app.family.routes.answers import go_to, page_of
from app.family.routes.blueprint import blueprint


@dataclass(frozen=True)
class Row:
    """One member on the list. why_not: the sentence that says why the code cannot be shown now."""

    link: FamilyLink
    credential: Credential | None
    why_not: str

    @property
    def name(self) -> str:
        return self.link.member.name

    @property
    def label(self) -> str:
        return str(RELATION_LABELS[self.link.relation])

    @property
    def colour(self) -> int:
        return service.colour_of(self.link)


@blueprint.get("/family")
@access(trusted)
def list_members() -> ResponseReturnValue:
    account = current_visitor.account
    return render_template(
        "family/list_members.html",
        rows=[_row(link) for link in queries.list_links(account.id)],
        requests=queries.list_open_requests(account.id),
        ended=[(link, service.sentence_of_end(link)) for link in queries.list_recently_ended(account.id)],
        draft=queries.find_draft(account.id),
        refusal=service.find_holder_refusal(account),
        full=service.find_full(account.id),
        labels=RELATION_LABELS,
    )


@blueprint.get("/family/<int:link_id>")
@access(trusted)
def show_member(link_id: int) -> ResponseReturnValue:
    link = queries.get_link(current_visitor.account.id, link_id)
    if link.state is not LinkState.active:
        return render_template("family/show_ended.html", link=link, sentence=service.sentence_of_end(link)), 410
    is_child = AgePolicy.of(settings).is_child(link.member.birthday, clock.today())
    return render_template(
        "family/show_member.html",
        row=_row(link),
        is_disputed=queries.is_disputed(link.member_person_id),
        may_object=is_child and queries.count_links_of_member(link.member_person_id) > 1,
    )


@blueprint.get("/family/<int:link_id>/unbinding")
@access(trusted)
def new_unbinding(link_id: int) -> ResponseReturnValue:
    return render_template("family/new_unbinding.html", row=_row(_active(link_id)))


@blueprint.post("/family/<int:link_id>/unbinding")
@access(trusted)
def create_unbinding(link_id: int) -> ResponseReturnValue:
    link = queries.get_link(current_visitor.account.id, link_id)
    if service.end_link(link, LinkEnd.unbound_by_holder, by=_actor()):
        flash(_("已解绑。您的手机上不再能出示这位家人的医保码。"), "done")
    return redirect(url_for("family.list_members"), 303)


@blueprint.get("/family/<int:link_id>/freezing")
@access(trusted)
def new_freezing(link_id: int) -> ResponseReturnValue:
    return render_template("family/new_freezing.html", row=_row(_active(link_id)))


@blueprint.post("/family/<int:link_id>/freezing")
@access(trusted)
def create_freezing(link_id: int) -> ResponseReturnValue:
    """A relative may freeze the code but not unfreeze it."""
    if service.freeze_member(_active(link_id), by=current_visitor.account):
        flash(_("已停用。这张医保码现在谁也不能出示。"), "done")
    return redirect(url_for("family.show_member", link_id=link_id), 303)


@blueprint.post("/family/<int:link_id>/renewal")
@access(trusted)
def create_renewal(link_id: int) -> ResponseReturnValue:
    draft = service.begin_renewal(current_visitor.account, _active(link_id))
    return redirect(url_for(page_of(draft)), 303)


@blueprint.post("/family/<int:link_id>/objection")
@access(trusted)
def create_objection(link_id: int) -> ResponseReturnValue:
    service.object_to_others(_active(link_id), by=_actor())
    flash(_("异议已记下。医保局会核实，新的添加申请要由两位审核员决定。"), "done")
    return redirect(url_for("family.show_member", link_id=link_id), 303)


def _active(link_id: int) -> FamilyLink:
    link = queries.get_link(current_visitor.account.id, link_id)
    if link.state is not LinkState.active:
        go_to("family.show_member", link_id=link_id)
    return link


def _row(link: FamilyLink) -> Row:
    credential = find_credential_of(link.member_person_id)
    why_not = refuse_showing(link.member) or ""
    if not why_not and credential is not None and credential.status is CredentialStatus.frozen:
        why_not = _("医保码已挂失，现在不能出示。要恢复使用，请本人办理，或带证件到医保窗口。")
    return Row(link, credential, why_not)


def _actor() -> str:
    return current_visitor.account.actor
