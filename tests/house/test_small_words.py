"""What stands in one place: running a statement that changes rows, and how the audit log names things."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from app.core.audit.named import Named
from app.core.audit.tags import AuditTag, list_tags
from app.core.db import Base

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
TAGS = ROOT / "tests/house/audit-tags.txt"  # stored rows hold these words: one that was released never changes
COUNTS_ROWS = {"core/statements.py", "core/prepared.py"}
# Stored rows hold these words: a kind that was released never changes.
KINDS = {
    "Account": "account",
    "Agency": "agency",
    "Approval": "approval",
    "AuditRow": "audit",
    "CallBack": "call_back",
    "Consent": "consent",
    "CounterCode": "counter_code",
    "CounterScan": "counter_scan",
    "CounterVisit": "visit",
    "Credential": "credential",
    "Device": "device",
    "FamilyLink": "family_link",
    "HelpText": "help",
    "Holiday": "holiday",
    "HolidayYear": "holiday_year",
    "Hotline": "hotline",
    "HotlineCall": "call",
    "HotlineSearch": "search",
    "IdentityProof": "proof",
    "Installation": "installation",
    "Institution": "institution",
    "InsuredPerson": "person",
    "Invitation": "family_invitation",
    "Letter": "letter",
    "LinkRequest": "family_request",
    "LoginSession": "session",
    "LostReport": "lost_report",
    "MutualAid": "mutual_aid",
    "Notice": "notice",
    "NoticeDraft": "notice_draft",
    "Operator": "operator",
    "Passkey": "passkey",
    "Region": "region",
    "StaffJob": "report",
    "ReviewCase": "case",
    "RosterImport": "roster_import",
    "RosterUpload": "roster_upload",
    "Slip": "slip",
    "StaffMember": "staff",
    "StaffPasskey": "staff_passkey",
    "StaffSession": "staff_session",
    "UnfreezeRequest": "unfreezing",
    "UseDenial": "denial",
}
# Named in the log without being a row of a model.
NO_ROWS = {"cli", "documents", "figures", "limits", "relative", "review", "roster", "secret", "system", "unknown", "visitor"}


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    return [(path.relative_to(APP).as_posix(), ast.parse(path.read_text())) for path in sorted(APP.rglob("*.py"))]


def test_rows_are_counted_in_one_place() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in _modules()
        if path not in COUNTS_ROWS
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "rowcount") or _leaves_objects_alone(node)
    ]

    assert wrong == [], "app.core.statements has words for it: won, changed, write, taken"


def _leaves_objects_alone(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "synchronize_session" and getattr(node.value, "value", "") is False


def test_kinds_are_what_stored_rows_hold() -> None:
    for path in APP.rglob("models.py"):
        import_module(".".join(("app", *path.relative_to(APP).with_suffix("").parts)))

    assert {model.__name__: model.audit_kind for model in _named()} == KINDS


def test_the_auditor_has_a_noun_for_every_kind() -> None:
    """One feature says it."""
    assert sorted(kind for tags in _kinds_of_tags() for kind in tags.nouns) == sorted([*KINDS.values(), *NO_ROWS])


def test_tags_are_what_stored_rows_hold() -> None:
    _kinds_of_tags()

    assert sorted(tag.value for tag in list_tags()) == TAGS.read_text().split()


def test_tags_stand_in_a_room_of_their_own() -> None:
    assert {kind.__module__.rpartition(".")[2] for kind in _kinds_of_tags()} == {"audit_tags"}


def test_no_two_features_say_an_outcome() -> None:
    said = [outcome for tags in _kinds_of_tags() for outcome in tags.outcomes]

    assert len(said) == len(set(said))


def _kinds_of_tags() -> list[type[AuditTag]]:
    for path in APP.rglob("audit_tags.py"):
        import_module(".".join(("app", *path.relative_to(APP).with_suffix("").parts)))
    return AuditTag.__subclasses__()


def _named() -> Iterator[type[Named]]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Named):
            yield mapper.class_


def test_nobody_writes_an_actor_or_a_subject_by_hand() -> None:
    begins = re.compile(rf"(?:{'|'.join(sorted(KINDS.values()))}):")
    wrong = []
    for path, tree in _modules():
        parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        wrong += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            and isinstance(node.values[0], ast.Constant)
            and begins.fullmatch(str(node.values[0].value))
            and not _is_for_no_log(parents[node])
        ]

    assert wrong == [], "use .actor, .subject, actor_of or subject_of of the model"


def _is_for_no_log(parent: ast.AST) -> bool:
    """What a cipher or a hash is bound to, or a rule's own name."""
    if isinstance(parent, ast.Attribute):
        return parent.attr == "encode"
    return isinstance(parent, ast.Call) and ast.unparse(parent.func).rpartition(".")[2] in {"keyed_hash", "Rule"}
