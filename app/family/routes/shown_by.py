"""谁能出示我的码: the links as the member sees them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.display import masked_name
from app.family import queries, service
from app.family.models import FamilyLink, LinkEnd, LinkState
from app.family.policy import RELATION_LABELS
from app.family.routes.blueprint import blueprint
from app.roster.queries import get_person


@blueprint.get("/me/shown-by")
@access(trusted)
def list_holders() -> ResponseReturnValue:
    person_id = current_visitor.account.person_id
    links = queries.list_links_of_member(person_id) if person_id else []
    return render_template(
        "family/list_holders.html",
        links=[(link, _name_of(link), RELATION_LABELS[link.relation]) for link in links],
        is_activated=current_visitor.account.is_activated,
    )


@blueprint.get("/me/shown-by/<int:link_id>/unbinding")
@access(trusted)
def new_holder_unbinding(link_id: int) -> ResponseReturnValue:
    link = queries.get_link_of_member(current_visitor.account.person_id, link_id)
    if link.state is not LinkState.active:
        return redirect(url_for("family.list_holders"), 303)
    return render_template("family/new_holder_unbinding.html", link=link, name=_name_of(link))


@blueprint.post("/me/shown-by/<int:link_id>/unbinding")
@access(trusted)
def create_holder_unbinding(link_id: int) -> ResponseReturnValue:
    link = queries.get_link_of_member(current_visitor.account.person_id, link_id)
    if service.end_link(link, LinkEnd.unbound_by_member, by=current_visitor.account.actor):
        flash(_("已解绑。这位家人的手机上马上不能出示您的医保码。"), "done")
    return redirect(url_for("family.list_holders"), 303)


def _name_of(link: FamilyLink) -> str:
    person_id = link.holder.person_id
    return masked_name(get_person(person_id).name) if person_id else _("一位家人")
