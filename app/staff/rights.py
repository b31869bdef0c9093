"""What each role may do, on one page. Pure."""

from enum import Enum

from app.config import Separation
from app.staff.models import Role


class Right(Enum):
    """The rights, each with a sentence that describes it; `staff.policy.may(Right.x)` guards the views."""

    decide_cases = "see the review queue of the own region, claim a case, look at its papers, decide it"
    find_citizens = "find a citizen by telephone, by name and document, or by help code"
    freeze_credentials = "freeze a citizen's credential, unbind a device, send a message to an inbox"
    confirm_unfreezing = "be the second person when a colleague unfreezes a credential by telephone"
    follow_up_families = "ring booked call-backs, settle denied uses, mark and settle disputes about custody"
    serve_at_counter = "issue counter codes and slips, bind family members at the counter"
    manage_roster = "import the roster and change a person's status"
    manage_institutions = "add institutions, enable business types, prepare keys"
    manage_content = "change regions, hotlines, guides, legal texts and holidays"
    manage_staff = "add, disable and reset staff, give and take roles, let in who is locked out"
    approve_roles = "be the second person when somebody becomes an administrator, or an administrator is reset"
    approve_keys = "be the second person when an institution's key is issued"
    approve_texts = "be the second person when a legal text is published: what people agree to is not one person's word"
    set_risk_rules = "set the rules of number matching"
    read_audit = "search, export and verify the audit log"
    see_alarms = "see locked staff, refused rights, guesses at people and numbers, codes that did not fit"
    see_script_errors = "see which scripts of ours failed on people's phones"
    read_dashboard = "see the figures of the own region"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.reviewer: frozenset({Right.decide_cases, Right.read_dashboard}),
    Role.agent: frozenset(
        {
            Right.find_citizens,
            Right.freeze_credentials,
            Right.confirm_unfreezing,
            Right.follow_up_families,
            Right.read_dashboard,
        }
    ),
    Role.counter: frozenset({Right.serve_at_counter, Right.read_dashboard}),
    # A bureau with one security administrator still needs a second person to appoint administrators: so sysadmin approves roles.
    Role.sysadmin: frozenset(
        {
            Right.manage_roster,
            Right.manage_institutions,
            Right.manage_content,
            Right.approve_roles,
            Right.see_script_errors,
            Right.read_dashboard,
        }
    ),
    Role.secadmin: frozenset(
        {
            Right.manage_staff,
            Right.approve_roles,
            Right.approve_keys,
            Right.approve_texts,
            Right.set_risk_rules,
            Right.see_alarms,
            Right.read_dashboard,
        }
    ),
    Role.auditadmin: frozenset({Right.read_audit, Right.see_alarms, Right.read_dashboard}),
}

ADMINS = frozenset({Role.sysadmin, Role.secadmin, Role.auditadmin})


def has_right(roles: frozenset[Role], right: Right) -> bool:
    return any(right in RIGHTS[role] for role in roles)


def clash(roles: frozenset[Role], separation: Separation) -> frozenset[Role]:
    """The roles of this set that one person may not hold together; empty if the set is allowed.

    separation: `full` keeps the three administrators apart; `small` lets one person be sysadmin and secadmin. An auditor never has
    another role, because the auditor must not audit their own acts.
    """
    if Role.auditadmin in roles and len(roles) > 1:
        return roles
    admins = roles & ADMINS
    if separation == Separation.full and len(admins) > 1:
        return admins
    return frozenset()
