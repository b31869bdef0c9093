"""Background tasks, and what other features' actions trigger here."""

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts.service import on_consent_withdrawn, on_identity_changed, provide_relatives
from app.core import audit, background, jobs
from app.core.database.after_restore import on_restored
from app.credentials.service import on_taken_over, on_used, provide_holders, provide_showables
from app.documents.service import UploadPolicy, provide_upload_policies
from app.family import queries, service
from app.family.audit_tags import FamilyTag
from app.family.models import LinkRequest
from app.reviews.service import ReviewKind, provide_review_kinds
from app.roster.service import on_status_changed

EVERY = timedelta(hours=1)  # fixed: birthdays and the ends of invitations are counted by the day


def register(app: Flask) -> None:
    on_restored.listen(app, service.count_what_stays)
    audit.tell_log(app, FamilyTag.link_ended, FamilyTag.custody_disputed)
    background.register(app, "family.tend", EVERY.total_seconds(), service.tend)
    jobs.register(app, service.FOLLOW_ROSTER, service.follow_roster)
    on_status_changed.listen(app, service.note_status)
    provide_showables.listen(app, service.list_family_showables)
    provide_relatives.listen(app, queries.list_relatives)
    on_identity_changed.listen(app, service.tell_holders)
    on_taken_over.listen(app, service.note_taken_over)
    on_used.listen(app, service.note_use)
    provide_holders.listen(app, service.list_holders)
    on_consent_withdrawn.listen(app, service.end_with_consent)
    provide_upload_policies.listen(app, _list_upload_policies)
    provide_review_kinds.listen(app, _list_review_kinds)


def _list_upload_policies() -> list[UploadPolicy]:
    return [UploadPolicy(LinkRequest.audit_kind, service.may_send_papers)]


def _list_review_kinds() -> list[ReviewKind]:
    return [
        ReviewKind(
            service.KIND,
            _l("添加家人"),
            service.SLOTS,
            on_decision=service.take_decision,
            refuse=service.refuse_own_family,
            list_facts=service.facts_for_reviewer,
        )
    ]
