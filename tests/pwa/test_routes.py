import json
import re
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Mode
from app.core.db import db
from tests.kit.client import Browser
from tests.kit.settings import make_settings

pytestmark = pytest.mark.one_database


def test_the_manifest_names_the_bureau_and_opens_the_code(app: Flask) -> None:
    response = app.test_client().get("/manifest.webmanifest")
    manifest = json.loads(response.data)

    assert response.mimetype == "application/manifest+json"
    assert manifest["name"].startswith(app.config["SETTINGS"].bureau_name)
    assert manifest["short_name"] == "医保码"
    assert manifest["start_url"] == "/code"
    assert manifest["display"] == "standalone"
    assert [s["name"] for s in manifest["shortcuts"]] == ["出示医保码", "家人的码", "热线"]
    assert [s["url"] for s in manifest["shortcuts"]] == ["/code", "/family", "/help/hotlines"]


def test_every_icon_of_the_manifest_is_there(app: Flask) -> None:
    client = app.test_client()
    manifest = json.loads(client.get("/manifest.webmanifest").data)

    kinds = {client.get(icon["src"]).mimetype for icon in manifest["icons"]}

    assert kinds == {"image/png", "image/svg+xml"}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])


def test_the_worker_is_asked_for_anew_and_named_by_its_release(app: Flask) -> None:
    response = app.test_client().get("/sw.js")

    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert app.config["RELEASE"] in response.get_data(as_text=True)


def test_every_file_the_worker_keeps_is_there(app: Flask) -> None:
    client = app.test_client()
    script = client.get("/sw.js").get_data(as_text=True)
    match = re.search(r"const FILES = (\[.*?\]);", script)
    assert match is not None

    answers = {path: client.get(path).status_code for path in json.loads(match[1])}

    assert set(answers.values()) == {200}


def test_the_page_without_a_network_lists_the_telephone_numbers(app: Flask, browser: Browser) -> None:
    assert app.test_cli_runner().invoke(args=["regions", "load"]).exit_code == 0

    page = browser.get("/offline")

    assert page.one("h1").text == "现在没有网络"
    assert "tel:+868382551709" in {n.attrs.get("href") for n in page.all("a")}
    assert page.one("a", href="/code").text == "出示医保码"  # the phone draws it without a network too


def test_all_that_draws_a_code_is_kept(app: Flask) -> None:
    """Follows the imports of what the shell loads: a module that is not kept would break the code page without a network."""
    root: Path = app.config["STATIC_ROOT"] / "js"
    script = app.test_client().get("/sw.js").get_data(as_text=True)
    needed, seen = [root / "enhance/code-offline.js", root / "enhance/code-unlock.js"], set()
    while needed:
        path = needed.pop()
        if path in seen:
            continue
        seen.add(path)
        needed += [(path.parent / name).resolve() for name in re.findall(r"(?:from|import\()\s*\"(\.[^\"]+)\"", path.read_text())]

    missing = [path.name for path in seen if f"/js/{path.relative_to(root).as_posix()}" not in script]

    assert missing == []


def test_the_lock_loads_all_that_its_script_imports_at_once(app: Flask) -> None:
    root: Path = app.config["STATIC_ROOT"] / "js"
    template = Path(app.root_path, "templates/credentials/show_lock.html").read_text()
    listed = set(re.findall(r"'([\w/-]+)'", template.partition("for name in (")[2].partition(")")[0]))
    needed, seen = [root / "enhance/code-unlock.js"], set()
    while needed:
        path = needed.pop()
        if path not in seen:
            seen.add(path)
            needed += [(path.parent / name).resolve() for name in re.findall(r"from \"(\.[^\"]+)\"", path.read_text())]

    assert {path.relative_to(root).with_suffix("").as_posix() for path in seen} == listed


def test_the_shell_for_codes_holds_no_person_and_no_address_for_the_pin(browser: Browser) -> None:
    page = browser.get("/offline/code")

    field = next(n for n in page.all("input") if n.attrs.get("type") == "password")
    assert "name" not in field.attrs
    assert 'data-code=""' in next(n.attrs["data-screen"] for n in page.nodes if "data-screen" in n.attrs)


def test_the_components_are_on_show_in_the_demo(browser: Browser) -> None:
    page = browser.get("/styleguide")

    assert {n.attrs.get("data-theme") for n in page.all("section")} >= {"light", "dark"}


def test_the_components_are_on_show_nowhere_else(database_url: str, tmp_path: Path) -> None:
    served = {
        "app_mode": Mode.production,
        "public_origin": "https://localhost",
        "face_check": "http",
        "face_check_url": "https://face.example",
        "face_check_key": "a-key-of-the-provider",
        "sms_sender": "http",
        "sms_url": "https://sms.example",
        "sms_key": "k",
        "web_workers": 1,
    }
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path, **served))

    page = Browser(app).get("/styleguide", expect=404)

    assert page.one("h1").text == "没有找到这个页面。"
    with app.app_context():
        db.engine.dispose()


def test_the_machine_files_set_no_cookie(subtests: pytest.Subtests, app: Flask) -> None:
    for path in ("/sw.js", "/manifest.webmanifest"):
        with subtests.test(path=path):
            assert "Set-Cookie" not in app.test_client().get(path).headers
