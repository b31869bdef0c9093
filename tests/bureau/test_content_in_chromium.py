"""What the bureau writes, in a real Chromium: every page checked, and one morning of a sysadmin seen from both sides."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from app.accounts import queries as accounts
from app.accounts import service as account_service
from app.accounts.models import ConsentPurpose
from app.accounts.notice_rules import NoticeWords
from app.core import clock
from app.core.db import transaction
from app.help import queries as help_queries
from app.help import service as help_service
from app.help.models import HelpKind
from app.regions.queries import get_agency
from app.reviews.service import load_holidays
from app.staff.models import Role
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.people import make_activated_account
from tests.kit.sign_in import sign_in
from tests.kit.staff import staff_browser
from tests.kit.visitors import cookies_of
from tests.kit.walks import faults_on_walks

SHOTS = os.environ.get("PZ_SHOTS", "")
DESK = {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}
BY = "staff:1"


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def writer(app: Flask) -> Iterator[Browser]:
    """A sysadmin of a bureau with texts, notices and days off."""
    help_service.load_help_texts()
    account_service.load_notices()
    load_holidays()
    browser = staff_browser(app, [Role.sysadmin], username="writer")
    clock.reset()
    yield browser


def text_id(kind: HelpKind, slug: str, language: str) -> int:
    row = help_queries.find_row(kind, slug, language)
    assert row is not None
    return row.id


def publish_new_words(purpose: ConsentPurpose) -> None:
    draft = account_service.start_draft(purpose, from_release=False, by=BY)
    words = NoticeWords(
        title="新的同意书", label="我同意新的同意书。", legal_basis="个人信息保护法第十四条", body="## 目的\n\n新的。\n"
    )
    account_service.save_draft(draft.id, "zh_Hans", words, seen=draft.edition, by=BY)
    digest = account_service.propose_draft(draft.id, is_material=True, by=BY)
    account_service.publish_draft(draft.id, digest, by=BY, approved_by="staff:2")


def citizen_to_ask_again(app: Flask) -> Browser:
    browser = Browser(app)
    sign_in(browser, "13800000001")
    account = make_activated_account("13800000001")
    with transaction():
        account_service.bind_device(accounts.list_devices(account.id)[0])
        notices = accounts.list_notices(ConsentPurpose.share_on_scan)
        account_service.record_consent(account.id, account.person_id or 0, notices)
    publish_new_words(ConsentPurpose.share_on_scan)
    return browser


def test_every_page_of_content_is_valid_accessible_and_fits(
    app: Flask, writer: Browser, chromium: Chromium, tmp_path: Path
) -> None:
    guide = text_id(HelpKind.guide, "alipay", "en")
    row = help_queries.get_row(guide)
    content = help_queries.content_of(row)
    help_service.save_text(guide, content, seen=row.edition, publish=True, by=BY)
    version = help_queries.list_versions(row)[0]
    citizen = citizen_to_ask_again(app)
    notice = accounts.find_notice(ConsentPurpose.share_on_scan)
    draft = account_service.start_draft(ConsentPurpose.face_check, from_release=False, by=BY)
    assert notice is not None
    office = get_agency("jingyang")
    paths = [
        "/bureau/content",
        "/bureau/content/regions",
        "/bureau/content/regions/510603",
        "/bureau/content/agencies",
        f"/bureau/content/agencies/{office.id}",
        "/bureau/content/hotlines",
        f"/bureau/content/hotlines/{office.hotlines[0].id}",
        "/bureau/content/help?kind=guide",
        f"/bureau/content/help/{guide}",
        f"/bureau/content/help/{guide}/versions",
        f"/bureau/content/help/{guide}/versions/{version.id}",
        "/bureau/content/notices",
        f"/bureau/content/notices/{notice.id}",
        f"/bureau/content/notice-drafts/{draft.id}?language=en",
        f"/bureau/content/notice-drafts/{draft.id}/text",
        "/bureau/content/holidays/2026",
        "/bureau",
    ]
    walks = [(writer, paths), (citizen, ["/me/consents/renewal", "/me/consents"])]

    assert faults_on_walks(app, chromium, walks, tmp_path) == []


def test_what_a_sysadmin_writes_is_what_citizens_read(app: Flask, writer: Browser, chromium: Chromium) -> None:
    """Without script: a number is changed and checked; an English guide is previewed, published and restored."""
    guide = text_id(HelpKind.guide, "alipay", "en")
    with (
        serve(app) as address,
        phone(chromium, base_url=address, java_script_enabled=False, **DESK) as desk,
        phone(chromium, base_url=address, service_workers="block", locale="en-GB") as street,
    ):
        desk.add_cookies(cookies_of(writer, address))
        page, reader = desk.new_page(), street.new_page()
        reader.goto("/help/hotlines")
        expect(reader.get_by_role("link", name="0838-2551709")).to_be_visible()

        page.goto("/bureau")
        page.get_by_role("link", name="去核对电话").click()
        page.get_by_role("link", name="0838-2551709").click()
        page.get_by_label("号码").fill("(0838) 255 1710")
        page.get_by_label("今天拨打过，有人接").check()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("link", name="0838-2551710")).to_be_visible()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/hotlines.png")
        page.get_by_role("button", name="已拨打核对 0838-2208900").click()
        expect(page.get_by_text("已记下：0838-2208900 今天核对过。")).to_be_visible()
        reader.goto("/help/hotlines")
        expect(reader.get_by_role("link", name="0838-2551710")).to_be_visible()
        expect(reader.get_by_role("link", name="0838-2551709")).to_have_count(0)

        page.goto(f"/bureau/content/help/{guide}")
        body = page.get_by_label("正文")
        body.fill(body.input_value() + "\n## At our windows\n\nWe **help** you.\n")
        page.get_by_role("button", name="预览").click()
        expect(page.get_by_role("heading", name="At our windows")).to_be_visible()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/guide.png")
        reader.goto("/help/guides/alipay")
        expect(reader.get_by_role("heading", name="At our windows")).to_have_count(0)
        page.get_by_role("button", name="保存并公布").click()
        expect(page.get_by_text("已公布，参保人马上就能看到。")).to_be_visible()
        reader.reload()
        expect(reader.get_by_role("heading", name="At our windows")).to_be_visible()

        page.get_by_role("link", name="历次版本").click()
        page.get_by_role("link", name="第 1 版").click()
        page.get_by_role("button", name="恢复这一版并公布").click()
        expect(page.get_by_text("随版本更新")).to_be_visible()
        reader.reload()
        expect(reader.get_by_role("heading", name="At our windows")).to_have_count(0)
