"""Finds settings that are valid alone but contradict each other. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.config.fields import settings_of
from app.config.grammar import DAY
from app.config.values import Values


@dataclass(frozen=True, slots=True)
class AtMost:
    """The first must be at most the second, or below it unless may_equal. times: units of the first in one unit of the second."""

    first: str
    second: str
    otherwise: str
    times: int = 1
    may_equal: bool = True


# Pairs whose bounds alone keep them apart, such as the idle minutes and the hours of staff, are not listed here.
RELATIONS = (
    AtMost("code_period_seconds", "code_past_seconds", "a code would expire while it is shown"),
    AtMost("typed_code_renew_seconds", "typed_code_seconds", "digits would expire while they are shown", may_equal=False),
    AtMost("offline_days", "master_overlap_days", "a phone without a network would outlive its master"),
    AtMost("forged_tags_per_institution", "forged_tags", "one institution alone could end a code"),
    AtMost("ec_query_per_second", "ec_query_burst", "the burst would be below the rate"),
    AtMost("pin_guesses", "pin_failures_in_a_row", "trust would end before the first lock"),
    AtMost("sms_resend_seconds", "sms_valid_seconds", "a code would expire before another can be asked for", may_equal=False),
    AtMost("sms_per_number_hour", "sms_per_address_hour", "one number's share would be more than its network's"),
    AtMost("lost_code_per_person_hour", "lost_code_per_address_hour", "one person's share would be more than its network's"),
    AtMost("session_idle_days", "session_absolute_days", "the idle limit would never apply"),
    AtMost("operator_shared_idle_minutes", "operator_idle_minutes", "a shared computer would be open longer than one's own"),
    AtMost("approval_delay_hours", "approval_days", "a request would be closed before it takes effect", times=24, may_equal=False),
    AtMost("staff_job_file_days", "staff_job_keep_days", "a file would outlive the job that leads to it"),
    AtMost("family_guardian_below", "family_documents_below", "a child under a guardian would have to consent"),
    AtMost("family_documents_below", "family_own_from", "two ages would overlap in which different ways are demanded"),
    AtMost("family_own_from", "family_holder_from", "somebody could add others who need not consent themselves"),
    AtMost("draft_days", "document_draft_days", "papers would go before the application they belong to"),
    AtMost("document_max_megabytes", "document_quota_megabytes", "one file would be more than a person may keep"),
    AtMost("roster_batch_rows", "roster_max_rows", "a batch would be more than a file may hold"),
)


def find_contradictions(settings: Values) -> Iterator[str]:
    """Compares only values that are within their own bounds, so that one mistake is reported once."""
    known = settings_of(type(settings))
    for one in RELATIONS:
        if not all(known[name.upper()][1].takes(getattr(settings, name)) for name in (one.first, one.second)):
            continue
        low, high = getattr(settings, one.first), getattr(settings, one.second) * one.times
        if low > high or (low == high and not one.may_equal):
            word = "at most" if one.may_equal else "less than"
            first, second = one.first.upper(), one.second.upper()
            yield f"{first}={low} has to be {word} {second}={high // one.times}: otherwise {one.otherwise}; change one of them."
    if DAY.reads(settings.activation_target_on) and not settings.activation_target:
        yield "ACTIVATION_TARGET_ON says by when and nothing says how many: set ACTIVATION_TARGET, or leave both out."
    rules = (
        settings.risk_first_use,
        settings.risk_other_city_minutes,
        settings.risk_pharmacies_a_day,
        settings.risk_new_device_hours,
    )
    if 0 < (on := sum(map(bool, rules))) < settings.challenge_min_rules:
        yield (
            f"CHALLENGE_MIN_RULES={settings.challenge_min_rules} is more than the risk rules that are on ({on}), so nothing would "
            "be asked: switch on more of them, or none."
        )
