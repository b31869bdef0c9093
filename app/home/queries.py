"""The state of the visitor's credential and device, in one word."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.models import Account
from app.accounts.visitor import current_visitor
from app.activation.models import ActivationDraft, Rebinding
from app.activation.queries import find_request, list_waiting
from app.core import clock, outages
from app.core.db import db, roll_back
from app.core.display import masked_name
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.credentials.service import Showable, list_showables
from app.family.models import LinkRequest
from app.family.queries import list_open_requests
from app.messages.models import Message
from app.messages.queries import list_messages
from app.regions.queries import find_region
from app.roster.queries import get_person


class Stage(Enum):
    stranger = "stranger"  # nobody is signed in
    inactive = "inactive"  # signed in, no credential yet
    draft = "draft"  # an activation was begun in this browser
    unbound = "unbound"  # the account is activated, but this device is not trusted yet
    rebinding = "rebinding"  # as unbound, and this device is waiting to be trusted
    active = "active"
    frozen = "frozen"


@dataclass(frozen=True, kw_only=True)
class HomeStatus:
    """`name` is masked; `region` is the insured region's name; `until`: until when the draft is kept, or the device waits.

    `requests`: other devices that will be trusted unless this person objects. `family`: the members whose codes this account
    shows. `waiting`: requests to add somebody that are under way. `news`: the newest unread message.
    """

    stage: Stage
    name: str = ""
    region: str = ""
    until: datetime | None = None
    requests: int = 0
    family: list[Showable] = field(default_factory=list)
    waiting: list[LinkRequest] = field(default_factory=list)
    news: Message | None = None

    @property
    def can_show(self) -> bool:
        return self.stage is Stage.active or any(relative.status is CredentialStatus.active for relative in self.family)


def find_status() -> HomeStatus:
    """Contains no name on a device that is not trusted."""
    if not current_visitor.is_authenticated:
        return HomeStatus(stage=Stage.stranger)
    account, device = current_visitor.account, current_visitor.device
    if not current_visitor.is_trusted:
        if is_frozen(account):
            return HomeStatus(stage=Stage.frozen)
        waiting = find_request(Rebinding, device.id)
        return HomeStatus(stage=Stage.rebinding, until=waiting.effective_at) if waiting else HomeStatus(stage=Stage.unbound)
    credential = find_credential_of(account.person_id) if account.person_id is not None else None
    if credential is None:
        draft = _find_draft(device.id)
        stage, until = (Stage.draft, draft.expires_at) if draft else (Stage.inactive, None)
        return HomeStatus(stage=stage, until=until, **_whereabouts(account))
    region = find_region(credential.person.insured_region)
    return HomeStatus(
        stage=Stage.frozen if credential.status is CredentialStatus.frozen else Stage.active,
        name=masked_name(credential.person.name),
        region=region.name if region else "",
        requests=len(list_waiting(account)),
        **_whereabouts(account),
    )


def is_frozen(account: Account) -> bool:
    """Whether this account's credential is frozen. A session by SMS alone may know it too, because it can report the loss."""
    credential = find_credential_of(account.person_id) if account.person_id is not None else None
    return credential is not None and credential.status is CredentialStatus.frozen


def is_strange_device() -> bool:
    """Somebody is signed in here who has not proved who they are on this device: they may have borrowed it.

    False when the database does not answer.
    """
    try:
        return bool(current_visitor.is_authenticated and not current_visitor.is_trusted)
    except SQLAlchemyError as error:
        outages.note("visitor_not_read", error)
        roll_back()
        return False


def find_own_region() -> str | None:
    """admdvs of the person signed in, or of the person whose activation is under way in this browser.

    None on a device that is not trusted, and when the database does not answer: the page that says so must still be shown.
    """
    try:
        if not current_visitor.is_authenticated:
            return None
        if current_visitor.is_trusted and current_visitor.account.person_id is not None:
            return get_person(current_visitor.account.person_id).insured_region
        draft = _find_draft(current_visitor.device.id)
        return draft.person.insured_region if draft and draft.person else None
    except SQLAlchemyError as error:
        outages.note("own_region_not_read", error)
        roll_back()
        return None


def _whereabouts(account: Account) -> dict[str, Any]:
    return {
        "family": [showable for showable in list_showables(account) if showable.shown_by == "family"],
        "waiting": list_open_requests(account.id),
        "news": _find_news(account),
    }


def _find_news(account: Account) -> Message | None:
    return next((message for message in list_messages(account.id, limit=1) if message.read_at is None), None)


def _find_draft(device_id: int) -> ActivationDraft | None:
    return db.session.scalar(
        select(ActivationDraft).where(ActivationDraft.device_id == device_id, ActivationDraft.expires_at > clock.now())
    )
