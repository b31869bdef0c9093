"""Publishing a legal text by four eyes: its writer asks, and a member with the right to approve texts puts it into force."""

from flask_babel import gettext as _

from app.accounts import service as accounts
from app.accounts.models import NoticeDraft
from app.accounts.queries import get_draft
from app.accounts.service import text_of
from app.core.db import transaction
from app.core.locale import SOURCE
from app.staff.models import Approval, StaffMember
from app.staff.queries import list_open_about
from app.staff.rights import Right
from app.staff.service import ask_approval

PUBLISHING = "notice_text"


def is_waiting(draft: NoticeDraft) -> bool:
    """Whether the draft has been proposed and not answered yet; until then nobody may change it."""
    return draft.proposed_at is not None and any(a.kind == PUBLISHING for a in list_open_about(_subject(draft.id)))


@transaction()
def propose_notice(staff: StaffMember, draft_id: int, *, is_material: bool) -> Approval:
    """Raises NotFound and the DomainErrors of `accounts.service.propose_draft` and `staff.service.ask_approval`."""
    take_up_again(staff, draft_id)
    digest = accounts.propose_draft(draft_id, is_material=is_material, by=staff.actor)
    source = text_of(get_draft(draft_id), SOURCE)
    return ask_approval(
        PUBLISHING,
        _subject(draft_id),
        by=staff,
        right=Right.approve_texts,
        draft=draft_id,
        digest=digest,
        material=is_material,
        title=source.title if source else "",
        page=f"/bureau/content/notice-drafts/{draft_id}/text",
    )


@transaction()
def take_up_again(staff: StaffMember, draft_id: int) -> None:
    """Opens a draft for writing again after its proposal was refused or withdrawn. Raises NotFound."""
    if not is_waiting(get_draft(draft_id)):
        accounts.take_back_draft(draft_id, by=staff.actor)


def publish_approved(approval: Approval) -> None:
    """Raises DomainError if the draft is no longer what was proposed."""
    found = approval.details
    approved_by = StaffMember.actor_of(approval.decided_by) if approval.decided_by else "delay"
    accounts.publish_draft(found["draft"], found["digest"], by=StaffMember.actor_of(approval.asked_by), approved_by=approved_by)


def tell_approval(approval: Approval) -> str:
    found = approval.details
    if found["material"]:
        return str(_("公布《%(title)s》的新版本，有重要变化，同意过的人要重新同意。", title=found["title"]))
    return str(_("公布《%(title)s》的新版本，没有重要变化。", title=found["title"]))


def _subject(draft_id: int) -> str:
    return NoticeDraft.subject_of(draft_id)
