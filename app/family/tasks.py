"""What runs by itself, and what other features' verbs set off here."""

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts.service import find_relatives_with, on_consent_withdrawn, on_identity_event
from app.core import audit, background, jobs
from app.core.database.aftermath import on_restored
from app.credentials.service import on_taken_over, on_used, show_also, tell_of_denials
from app.documents.service import allow_subject
from app.family import queries, service
from app.family.models import LinkRequest
from app.family.policy import FamilyTag
from app.reviews.service import facts_of, may_decide, name_kind, on_decision
from app.roster.service import on_status_changed

EVERY = timedelta(hours=1)


def register(app: Flask) -> None:
    on_restored(app, service.count_what_stays)
    audit.tell_log(app, FamilyTag.link_ended, FamilyTag.custody_disputed)
    background.register(app, "family.tend", EVERY.total_seconds(), service.tend)
    jobs.register(app, service.FOLLOW_ROSTER, service.follow_roster)
    on_status_changed(service.note_status)
    show_also(service.list_family_showables)
    find_relatives_with(queries.list_relatives)
    on_identity_event(service.tell_holders)
    on_taken_over(service.note_taken_over)
    on_used(service.note_use)
    tell_of_denials(service.list_holders)
    on_consent_withdrawn(service.end_with_consent)
    allow_subject(LinkRequest.audit_kind, service.may_send_papers)
    name_kind(service.KIND, _l("添加家人"), service.SLOTS)
    on_decision(service.KIND, service.take_decision)
    may_decide(service.KIND, service.refuse_own_family)
    facts_of(service.KIND, service.facts_for_reviewer)
