"""The family's codes an account may show, and what follows when such a code is used."""

from datetime import datetime

from app.accounts.models import Account, Consent, ConsentPurpose
from app.accounts.queries import find_account_of_person, get_account
from app.core import audit
from app.core.db import transaction
from app.core.display import moment as as_moment
from app.credentials.models import Credential
from app.credentials.service import Showable
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import FamilyLink, LinkEnd, Way
from app.family.policy import RELATION_LABELS
from app.family.service import notifications
from app.family.service.links import end_link
from app.roster.models import InsuredStatus

COLOURS = 5


def colour_of(link: FamilyLink) -> int:
    return _colour_of_slot(link.slot)


def _colour_of_slot(slot: int) -> int:
    return (slot - 1) % COLOURS + 1


def list_family_showables(account: Account) -> list[Showable]:
    """Members whose insurance is in force, by place. A member whose credential is frozen is included; the code page says so."""
    return [
        Showable(
            credential_id=member.credential_id,
            person_id=member.person_id,
            name=member.name,
            label=str(RELATION_LABELS[member.relation]),
            status=member.status,
            shown_by="family",
            colour=_colour_of_slot(member.slot),
            link_id=member.link_id,
        )
        for member in queries.list_shown(account.id)
        if member.insured is InsuredStatus.normal
    ]


@transaction()
def note_use(credential_id: int, handle: str, shown_by: str, place: str, moment: datetime) -> None:
    """A relative showed the code: the member is told, if there is an account, and the audit row carries the relation."""
    holder_id = queries.find_holder_behind(handle)
    link = queries.find_link_of_credential(holder_id, credential_id) if holder_id else None
    if link is None:
        return
    audit.record(
        FamilyTag.link_used,
        actor=Account.actor_of(link.holder_account_id),
        subject=link.subject,
        person_id=link.member_person_id,
        relation=link.relation.value,
    )
    account = find_account_of_person(link.member_person_id)
    if account is not None and account.id != link.holder_account_id:
        notifications.tell_used(
            account.id, notifications.name_of_holder(get_account(link.holder_account_id)), place, as_moment(moment)
        )


def list_holders(credential: Credential) -> list[int]:
    """Ids of the accounts that may show it, besides its person's own."""
    return [link.holder_account_id for link in queries.list_links_of_member(credential.person_id)]


@transaction()
def end_with_consent(consent: Consent) -> None:
    """A withdrawn consent ends what it allowed (PIPL 15): the holder's own link, or, if the member withdraws, all links that rest
    on the member's consent."""
    if consent.notice.purpose not in (
        ConsentPurpose.family_authorisation,
        ConsentPurpose.family_share,
        ConsentPurpose.guardian_under_14,
    ):
        return
    by = Account.actor_of(consent.account_id)
    own = queries.find_link(consent.account_id, consent.person_id)
    if own is not None:
        end_link(own, LinkEnd.consent_withdrawn, by=by)
        return
    account = get_account(consent.account_id)
    if account.person_id in (None, consent.person_id):  # a member who agreed by a link may not have activated yet
        for link in queries.list_links_of_member(consent.person_id):
            if link.way is not Way.documents:
                end_link(link, LinkEnd.consent_withdrawn, by=by)
