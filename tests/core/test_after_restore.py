"""A restore takes the bureau back to the moment of the backup. What was used, frozen or revoked since must not be good."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from app.activation.models import Rebinding
from app.core import audit, blobs, clock, installation
from app.core.audit import AuditRow, seal_pending
from app.core.database.backup import create_backup
from app.core.database.restoring import Restored, restore_backup
from app.core.db import db, transaction
from app.core.installation import Installation
from app.core.settings import settings
from app.credentials.code_format import make_code, new_handle
from app.credentials.keyring import key_of, keyring
from app.credentials.models import Credential, EndReason, Presentation
from app.credentials.service import freeze_credential, open_presentation
from app.institutions.models import ApiKey
from app.institutions.queries import get_institution, list_live_keys
from app.institutions.service import KEEP_OLD, add_institution, ask_key, confirm_keys, revoke_key
from app.scanning.paper_reasons import AFTER_RESTORE
from app.staff.models import Approval, ApprovalState, Role
from app.staff.queries import find_staff
from app.version import VERSION
from tests.kit.client import Browser
from tests.kit.sign_in import sign_in
from tests.kit.staff import make_staff, sign_in_staff, staff_browser
from tests.scanning.desk import ORG, Desk, Telephone, make_desk, make_telephone


@pytest.fixture
def desk(app: Flask) -> Desk:
    installation.set_kind(settings.app_mode)
    return make_desk(app)


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


def back_up(folder: Path) -> Path:
    seal_pending(everything=True)
    create_backup(folder / "backup.tar.gz")
    return folder / "backup.tar.gz"


def lose_everything_and_restore(backup: Path) -> Restored:
    seal_pending(everything=True)
    db.session.remove()
    with transaction():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
    for name, _written in list(blobs.list_names()):
        blobs.delete(name)
    done = restore_backup(backup)
    db.session.remove()
    return done


def log_file(folder: Path, entries: list[dict[str, object]]) -> Path:
    """As the log shipper has them."""
    path = folder / "shipped.log"
    lines = [json.dumps(entry | {"timestamp": clock.now().isoformat()}) for entry in entries]
    path.write_text("\n".join(["not a line of ours", *lines]))
    return path


def test_a_code_that_was_used_after_the_backup_is_not_good_again(desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    backup = back_up(tmp_path)
    code = telephone.draw()
    assert desk.scan(code).json["code"] == 0

    lose_everything_and_restore(backup)
    confirm_keys(ORG)
    again = desk.scan(code)

    assert (again.json["code"], again.json["message"]) == (1007, AFTER_RESTORE.message)
    assert again.json["next"] == AFTER_RESTORE.next


def test_a_phone_gets_a_new_code_at_its_next_unlock(desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    backup = back_up(tmp_path)
    credential_id, device = telephone.holder.credential.id, telephone.holder.device.id
    lose_everything_and_restore(backup)
    confirm_keys(ORG)

    old = db.session.get_one(Presentation, telephone.handle)
    opened = open_presentation(
        db.session.get_one(Credential, credential_id),
        old.device,
        holds=telephone.handle,
        wants_key=True,
    )

    assert old.end_reason is EndReason.restored and old.device_id == device
    assert opened.key is not None and opened.presentation.handle != telephone.handle
    assert desk.scan(make_code(opened.key, opened.presentation.handle, int(clock.timestamp()))).json["code"] == 0


def test_a_phone_that_the_backup_does_not_know_is_told_to_renew_and_not_called_forged(
    desk: Desk, telephone: Telephone, tmp_path: Path
) -> None:
    handle = new_handle()
    code = make_code(key_of(keyring.newest, handle), handle, int(clock.timestamp()))
    before = desk.scan(code)
    backup = back_up(tmp_path)
    lose_everything_and_restore(backup)
    confirm_keys(ORG)

    known_key, forged = desk.scan(code), desk.scan(make_code(b"x" * 32, new_handle(), int(clock.timestamp())))

    assert before.json["code"] == 1002
    assert (known_key.json["code"], known_key.json["message"]) == (1007, AFTER_RESTORE.message)
    assert forged.json["code"] == 1002


def test_keys_are_kept_off_until_they_are_confirmed(app: Flask, desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    add_institution("H51060000002", "联调机构", region_code="510603", business_types=["01301"], is_sandbox=True)
    backup = back_up(tmp_path)
    lose_everything_and_restore(backup)

    refused = desk.scan(telephone.draw())
    key = list_live_keys(db.session.scalars(select(ApiKey.institution_id)).one())[0]
    doctored = app.test_cli_runner().invoke(args=["institutions", "list"])
    confirmed = app.test_cli_runner().invoke(args=["institutions", "confirm-keys", ORG, "--key", str(key.id)])
    twice = app.test_cli_runner().invoke(args=["institutions", "confirm-keys", ORG])

    assert (refused.status_code, refused.json["code"]) == (401, 2001)
    assert f"{key.id} kept off" in doctored.output
    assert f"key {key.id} of {ORG} is good again" in confirmed.output and "0 keys confirmed" in twice.output
    assert desk.scan(telephone.draw()).json["code"] == 1007
    assert [row.subject for row in db.session.scalars(select(AuditRow).where(AuditRow.tag == "institution:key_confirmed"))]


def test_the_desk_confirms_a_key_by_a_button(app: Flask, desk: Desk, tmp_path: Path) -> None:
    make_staff("registrar", [Role.sysadmin])
    backup = back_up(tmp_path)
    lose_everything_and_restore(backup)
    registrar = Browser(app)
    sign_in_staff(registrar, "registrar")
    key = db.session.scalars(select(ApiKey)).one()
    address = f"/bureau/institutions/{key.institution_id}"

    shown = registrar.get(address)
    registrar.post(f"{address}/keys/{key.id}/confirmation", {})

    assert "密钥等您确认" in shown.text and "等确认" in shown.text
    assert "密钥等您确认" not in registrar.get(address).text
    db.session.expire_all()
    assert db.session.get_one(ApiKey, key.id).held_at is None


def test_everybody_is_signed_out_and_told_why(app: Flask, desk: Desk, tmp_path: Path) -> None:
    known, staff = Browser(app), staff_browser(app, [Role.sysadmin])
    sign_in(known, "13800000001")
    backup = back_up(tmp_path)
    later = Browser(app)
    sign_in(later, "13800000002")

    lose_everything_and_restore(backup)

    for browser in (known, later):
        page = browser.get("/sign-in")
        assert "医保局的系统刚从备份恢复" in page.text
    assert staff.get("/bureau").response.request.path == "/bureau/sign-in"
    assert "刚从备份恢复" not in Browser(app).get("/sign-in").text, "a stranger has lost nothing"
    clock.move(timedelta(minutes=2))
    sign_in(known, "13800000001")
    assert known.get("/me").status == 200


def test_what_waits_by_itself_takes_no_effect(app: Flask, desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    asker = make_staff("system", [Role.sysadmin])
    make_staff("safety", [Role.secadmin])
    asked = ask_key(get_institution(ORG), overlap_days=KEEP_OLD, by=asker)
    with transaction():
        db.session.add(
            Rebinding(
                account_id=telephone.holder.account.id,
                device_id=telephone.holder.device.id,
                requested_at=clock.now(),
                effective_at=clock.now(),
            )
        )
    approval_id, backup = asked.id, back_up(tmp_path)

    done = lose_everything_and_restore(backup)

    assert db.session.get_one(Approval, approval_id).state is ApprovalState.expired
    assert db.session.scalars(select(Rebinding)).one().cancelled_at is not None
    assert done.ended["acts that waited for a second pair of eyes"] == 1
    assert find_staff("system") is not None


def test_the_restore_is_in_the_audit_log_which_holds(desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    backup = back_up(tmp_path)

    done = lose_everything_and_restore(backup)

    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "installation:restored")).one()
    facts = json.loads(row.detail)
    report = audit.verify()
    assert report.findings == [] and report.unsealed == 0
    assert facts["rows"] == done.rows and facts["version"] == VERSION and facts["epoch"] == 1
    assert facts["ended"]["codes that phones and paper showed"] == 1
    assert db.session.scalars(select(Installation)).one().restored_at is not None


def test_the_shipped_log_tells_what_must_be_taken_away_again(app: Flask, desk: Desk, telephone: Telephone, tmp_path: Path) -> None:
    with capture_logs() as early:
        other = make_telephone(stem="51060019600307001", name="李父亲")
        freeze_credential(other.holder.credential, by="system")
    backup = back_up(tmp_path)
    frozen, person = telephone.holder.credential.id, telephone.holder.person.id
    with capture_logs() as shipped:
        freeze_credential(telephone.holder.credential, by="account:1")
        key = list_live_keys(db.session.scalars(select(ApiKey.institution_id)).one())[0].id
        revoke_key(ORG, key)
        seal_pending(everything=True)
    log = log_file(tmp_path, [dict(entry) for entry in [*early, *shipped]])
    lose_everything_and_restore(backup)

    told = app.test_cli_runner().invoke(args=["backup", "losses", "--log", str(log)]).output
    silent = app.test_cli_runner().invoke(args=["backup", "losses"]).output

    again = [line for line in told.splitlines() if line.startswith("again")]
    assert len(again) == 2, told
    assert f"credential:frozen credential:{frozen} person {person}" in again[0]
    assert f"institution:key_revoked institution:1 key={key}" in again[1]
    assert "seals of the audit log are lost" in told
    assert "no log was given (--log), so nothing tells" in silent
    assert "1. the hotline" in told and "6. families" in silent


def test_a_log_that_begins_too_late_is_said_to_have_a_gap(app: Flask, desk: Desk, tmp_path: Path) -> None:
    backup = back_up(tmp_path)
    lose_everything_and_restore(backup)
    log = tmp_path / "late.log"
    log.write_text(json.dumps({"event": "x", "timestamp": datetime(2099, 1, 1, tzinfo=UTC).isoformat()}))

    told = app.test_cli_runner().invoke(args=["backup", "losses", "--log", str(log)]).output

    assert "before that nothing tells" in told
    assert "the log names nothing that was frozen" in told


def test_moments_that_are_none_are_passed_over(app: Flask, desk: Desk, tmp_path: Path) -> None:
    """Another program's lines may stand between ours, and a supervisor's clock may have no zone."""
    backup = back_up(tmp_path)
    lose_everything_and_restore(backup)
    log = tmp_path / "mixed.log"
    moments: tuple[object, ...] = (
        "yesterday",
        "2026-01-01T00:00:00",
        None,
        7,
        "2098-12-31T23:00:00-05:00",
        "2099-01-01T00:00:00+00:00",
    )
    log.write_text("\n".join(json.dumps({"event": "x", "timestamp": moment}) for moment in moments))

    told = app.test_cli_runner().invoke(args=["backup", "losses", "--log", str(log)])

    assert told.exit_code == 0, told.output
    assert "the log reaches from 2099-01-01 08:00 to 2099-01-01 12:00; before that nothing tells" in told.output
