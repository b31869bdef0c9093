"""What the bureau writes: pages of a sysadmin, and what citizens see of it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.accounts import queries as accounts
from app.accounts.models import ConsentPurpose
from app.accounts.service import load_notices
from app.bureau.service import remind_of_content
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.help.models import HelpKind
from app.help.queries import find_row, list_versions
from app.help.service import load_help_texts
from app.regions.models import Agency, Region
from app.regions.queries import get_agency
from app.reviews.queries import find_holiday_year, list_holidays_of
from app.staff.models import Role, StaffMessage
from tests.kit.client import Browser, Page
from tests.kit.staff import make_staff, sign_in_staff, staff_browser

pytestmark = pytest.mark.one_database


@pytest.fixture
def desk(app: Flask) -> Browser:
    """A sysadmin at a loaded bureau's desk."""
    load_help_texts()
    load_notices()
    return staff_browser(app, [Role.sysadmin], username="writer")


def text_id(slug: str, language: str = "zh_Hans", kind: HelpKind = HelpKind.guide) -> int:
    row = find_row(kind, slug, language)
    assert row is not None
    return row.id


def typed(page: Page) -> dict[str, str]:
    """What the form on the page holds, as a browser would send it."""
    fields = {n.attrs["name"]: n.text.removeprefix("\n") for n in page.all("textarea")}
    inputs = [n for n in page.nodes if n.tag == "input" and n.attrs.get("type") in {"text", "hidden", None} and "name" in n.attrs]
    return {n.attrs["name"]: n.attrs.get("value", "") for n in inputs} | fields


@contextmanager
def counted() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_changed_hotline_is_seen_by_citizens_at_once(app: Flask, desk: Browser) -> None:
    line = get_agency("jingyang").hotlines[0]
    desk.get(f"/bureau/content/hotlines/{line.id}")

    desk.post(f"/bureau/content/hotlines/{line.id}", {"phone": "（0838）255 1710", "label": "咨询电话", "source": ""})

    seen = Browser(app).get("/help/hotlines")
    assert "0838-2551710" in seen.text and "0838-2551709" not in seen.text
    assert "还没有核对过" in seen.text
    page = desk.get("/bureau/content/hotlines")
    button = next(f for f in page.all("form") if f.attrs["action"] == f"/bureau/content/hotlines/{line.id}/check")
    desk.post(button.attrs["action"])
    assert "还没有核对过" not in Browser(app).get("/help/hotlines").text


def test_a_number_that_may_not_stand_is_refused_beside_it(subtests: pytest.Subtests, desk: Browser) -> None:
    agency = get_agency("deyang")
    desk.get("/bureau/content/hotlines")

    for phone, said in (("不是号码", "不是能拨打的号码"), ("0838-2208900", "已经有这个号码")):
        with subtests.test(phone=phone, said=said):
            wanted = 409 if "已经" in said else 422
            page = desk.post("/bureau/content/hotlines", {"agency": str(agency.id), "phone": phone}, expect=wanted)

            assert said in page.text
            assert page.one("input", id="phone").attrs["value"] == phone
            assert len(get_agency("deyang").hotlines) == 1


def test_unchecked_numbers_stand_on_the_desk_and_in_the_inbox_once_a_week(desk: Browser) -> None:
    assert "有 8 个咨询电话超过 90 天没有核对" in desk.get("/bureau").text
    make_staff("other", [Role.counter])

    first, again = remind_of_content(), remind_of_content()
    clock.move(timedelta(days=8))
    later = remind_of_content()

    assert (first >= 1, again, later >= 1) == (True, 0, True)
    told = {m.staff_id for m in db.session.scalars(select(StaffMessage).where(StaffMessage.href == "/bureau/content/hotlines"))}
    assert len(told) == 1


def test_a_region_is_added_renamed_and_retired_on_the_pages(app: Flask, desk: Browser) -> None:
    desk.get("/bureau/content/regions")
    new = {"code": "510685", "name": "高新区", "level": "county", "parent": "510600", "is_insured": "y"}
    assert "已添加高新区" in desk.post("/bureau/content/regions", new).text
    again = desk.post("/bureau/content/regions", new, expect=409)
    assert "这个代码已经有了" in again.text and again.one("input", id="name").attrs["value"] == "高新区"

    desk.post("/bureau/content/regions/510685", {"name": "高新", "is_insured": "y"})
    assert "高新" in Browser(app).get("/help/hotlines").text
    where = "/bureau/content/regions/510685"
    assert "请先勾选" in desk.post(f"{where}/retirement", expect=422).one("div", class_="error-summary").text
    assert ">高新<" in Browser(app).get("/help/hotlines").html and "不能再选" in desk.get(where).text
    desk.post(f"{where}/retirement", {"confirmed": "y"})

    assert ">高新<" not in Browser(app).get("/help/hotlines").html
    desk.get("/bureau/content/regions/999999", expect=404)


def test_the_last_region_and_the_last_number_stay_and_the_pages_say_why(desk: Browser) -> None:
    office = get_agency("deyang")
    with transaction():
        db.session.execute(update(Region).where(Region.code != "510603").values(retired_at=clock.now()))
        db.session.execute(update(Agency).where(Agency.id != office.id).values(retired_at=clock.now()))
    desk.get("/bureau/content")

    region = desk.post("/bureau/content/regions/510603/retirement", {"confirmed": "y"}, expect=409)
    only = desk.post("/bureau/content/regions/510603", {"name": "旌阳区"}, expect=409)
    agency = desk.post(f"/bureau/content/agencies/{office.id}/retirement", {"confirmed": "y"}, expect=409)

    for page, words in ((region, "请先添加或恢复另一个"), (only, "请先添加或恢复另一个"), (agency, "请先给别的机构添上电话")):
        assert words in page.one("div", class_="error-summary").text


def test_an_office_is_added_and_ordered_on_the_pages(app: Flask, desk: Browser) -> None:
    desk.get("/bureau/content/agencies")
    desk.post("/bureau/content/agencies", {"slug": "jingyang", "name": "又一个", "region": "510603"}, expect=409)
    desk.post("/bureau/content/agencies", {"slug": "gaoxin", "name": "高新区医保", "region": "", "parent": "510600"})
    office = get_agency("gaoxin")
    desk.get("/bureau/content/hotlines")
    desk.post("/bureau/content/hotlines", {"agency": str(office.id), "phone": "0838-2200001", "is_checked": "y"})

    assert "高新区医保" in Browser(app).get("/help/hotlines").text
    desk.get("/bureau/content/agencies")
    desk.post(f"/bureau/content/agencies/{office.id}/position", {"to": "up"})
    unticked = desk.post(f"/bureau/content/agencies/{office.id}/retirement", expect=422)
    assert "请先勾选" in unticked.one("div", class_="error-summary").text
    assert unticked.one("input", id="name").attrs["value"] == "高新区医保"
    desk.post(f"/bureau/content/agencies/{office.id}/retirement", {"confirmed": "y"})
    assert "高新区医保" not in Browser(app).get("/help/hotlines").text


def test_a_guide_is_previewed_drafted_published_and_restored(app: Flask, desk: Browser) -> None:
    number = text_id("alipay", "en")
    before = Browser(app)
    before.http.set_cookie("language", "en")
    first = typed(desk.get(f"/bureau/content/help/{number}"))
    mine = {**first, "body": first["body"] + "\n\n## Extra words\n\nOne **more** line.\n"}

    preview = desk.post(f"/bureau/content/help/{number}/preview", mine)
    assert "<strong>more</strong>" in preview.html and typed(preview)["body"].rstrip() == mine["body"].rstrip()
    assert "Extra words" not in before.get("/help/guides/alipay").text

    desk.post(f"/bureau/content/help/{number}", {**mine, "do": "draft"})
    assert "Extra words" not in before.get("/help/guides/alipay").text
    page = desk.get(f"/bureau/content/help/{number}")
    assert "Extra words" in typed(page)["body"] and "草稿" in page.text

    desk.post(f"/bureau/content/help/{number}", {**typed(page), "do": "publish"})
    assert "Extra words" in before.get("/help/guides/alipay").text
    assert "/help/guides/alipay" in before.get("/help?q=Extra+words").html
    assert "本局改过" in desk.get(f"/bureau/content/help/{number}").text

    row = find_row(HelpKind.guide, "alipay", "en")
    assert row is not None
    versions = list_versions(row)
    kept = [(v.edition, v.is_draft, v.saved_by == "release") for v in versions]
    assert kept == [(3, False, False), (2, True, False), (1, False, True)]
    shown = desk.get(f"/bureau/content/help/{number}/versions/{versions[1].id}")
    assert any(td.text == "## Extra words" for td in shown.all("td"))
    desk.get(f"/bureau/content/help/{number}/versions")
    desk.post(f"/bureau/content/help/{number}/versions/{versions[2].id}/restoration")

    assert "Extra words" not in before.get("/help/guides/alipay").text
    assert "随版本更新" in desk.get(f"/bureau/content/help/{number}").text


@pytest.mark.both_databases
def test_of_two_who_write_at_once_the_second_is_told_and_loses_nothing(app: Flask, desk: Browser) -> None:
    number = text_id("lost-phone", kind=HelpKind.page)
    make_staff("second", [Role.sysadmin])
    second = Browser(app)
    sign_in_staff(second, "second")
    mine = typed(desk.get(f"/bureau/content/help/{number}"))
    theirs = typed(second.get(f"/bureau/content/help/{number}"))
    desk.post(f"/bureau/content/help/{number}", {**mine, "title": "第一个人写的", "do": "publish"})

    page = second.post(f"/bureau/content/help/{number}", {**theirs, "title": "第二个人写的", "do": "publish"}, expect=409)

    assert "别人已经保存过这一篇" in page.text and "标题：第一个人写的" in page.text
    assert typed(page)["title"] == "第二个人写的"
    second.post(f"/bureau/content/help/{number}", {**typed(page), "do": "publish"})
    row = find_row(HelpKind.page, "lost-phone", "zh_Hans")
    assert row is not None and row.title == "第二个人写的"
    assert "第一个人写的" in [v.title for v in list_versions(row)]


def test_what_may_not_stand_in_a_text_is_refused_and_kept_in_the_field(subtests: pytest.Subtests, desk: Browser) -> None:
    number = text_id("alipay")

    for field, value, said in (
        ("title", "  ", "不能空着"),
        ("body", "<script>alert(1)</script>", "不能写 HTML"),
        ("body", "看 <b class=x>这里</b>", "不能写 HTML"),
        ("body", "[点](javascript:alert(1))", "这个链接不能用"),
        ("body", "[点](java&#115;cript:alert(1))", "这个链接不能用"),
        ("body", "字" * 20_001, "最多 20000 个字"),
        ("last_checked", "2026-02-31", "没有这一天"),
        ("last_checked", "31.02.", "没有这一天"),
        ("position", "很前面", "次序请写数字"),
    ):
        with subtests.test(field=field, value=value, said=said):
            mine = {**typed(desk.get(f"/bureau/content/help/{number}")), field: value}

            page = desk.post(f"/bureau/content/help/{number}", {**mine, "do": "publish"}, expect=422)

            assert said in page.text
            assert typed(page)[field].strip() == value.strip()
            row = find_row(HelpKind.guide, "alipay", "zh_Hans")
            assert row is not None and row.edition == 1 and list_versions(row) == []


def test_a_megabyte_of_text_is_refused(desk: Browser) -> None:
    number = text_id("alipay")
    mine = typed(desk.get(f"/bureau/content/help/{number}"))

    desk.post(f"/bureau/content/help/{number}", {**mine, "body": "x" * 1_100_000, "do": "publish"}, expect=413)


def test_a_question_is_written_translated_and_withdrawn(app: Flask, desk: Browser) -> None:
    desk.get("/bureau/content/help?kind=question")
    taken = {"kind": "question", "slug": "how-to-use", "title": "再来一次"}
    assert "这一篇已经有了" in desk.post("/bureau/content/help", taken, expect=409).text
    assert "没有这个求助码" in desk.post("/bureau/content/help", {**taken, "kind": "reason", "slug": "99"}, expect=422).text
    assert "地址只用小写" in desk.post("/bureau/content/help", {**taken, "slug": "../x"}, expect=422).text
    page = desk.post("/bureau/content/help", {"kind": "question", "slug": "our-own", "title": "我们自己的问题"})
    number = text_id("our-own", kind=HelpKind.question)
    assert "我们自己的问题" not in Browser(app).get("/help/faq").text

    desk.post(f"/bureau/content/help/{number}", {**typed(page), "body": "这样办。", "do": "publish"})
    assert "我们自己的问题" in Browser(app).get("/help/faq").text
    page = desk.post(f"/bureau/content/help/{number}/translations", {"language": "en"})
    desk.post(f"/bureau/content/help/{number}/translations", {"language": "xx"}, expect=422)
    english = text_id("our-own", "en", HelpKind.question)
    desk.post(f"/bureau/content/help/{english}", {**typed(page), "title": "A question of our own", "do": "publish"})
    reader = Browser(app)
    reader.http.set_cookie("language", "en")
    assert "A question of our own" in reader.get("/help/faq").text

    desk.post(f"/bureau/content/help/{number}/withdrawal")
    assert "我们自己的问题" not in Browser(app).get("/help/faq").text


def test_a_legal_text_comes_into_force_by_four_eyes(app: Flask, desk: Browser) -> None:
    make_staff("security", [Role.secadmin])
    security = Browser(app)
    sign_in_staff(security, "security")
    old = accounts.find_notice(ConsentPurpose.face_check)
    assert old is not None
    desk.get("/bureau/content/notices")
    page = desk.post(f"/bureau/content/notices/{old.id}/draft")
    draft = accounts.list_drafts()[ConsentPurpose.face_check]
    assert "没有可公布的" in desk.post(f"/bureau/content/notice-drafts/{draft.id}/proposal", expect=422).text
    page = desk.get(f"/bureau/content/notice-drafts/{draft.id}")
    refused = desk.post(f"/bureau/content/notice-drafts/{draft.id}", {**typed(page), "body": "<i>x</i>"}, expect=422)
    assert "不能写 HTML" in refused.text
    desk.post(f"/bureau/content/notice-drafts/{draft.id}", {**typed(page), "title": "新的人脸同意书"})

    asked = desk.post(f"/bureau/content/notice-drafts/{draft.id}/proposal", {"is_material": "y"})
    assert "等第二个人复核" in asked.text
    assert accounts.find_notice(ConsentPurpose.face_check) == old
    desk.post(f"/bureau/content/notice-drafts/{draft.id}", {**typed(page), "title": "偷偷改"}, expect=409)
    assert "新的人脸同意书" in security.get(f"/bureau/content/notice-drafts/{draft.id}/text").text
    waiting = security.get("/bureau/approvals")
    assert "公布《新的人脸同意书》的新版本" in waiting.text
    approving = next(f.attrs["action"] for f in waiting.all("form") if f.attrs["action"].endswith("/approval"))
    security.post(approving)

    new = accounts.find_notice(ConsentPurpose.face_check)
    assert new is not None and new.version == clock.today().isoformat() and new.is_material
    assert {t.language for t in new.translations} == {"zh_Hant", "en"}
    reader = Browser(app)
    assert "新的人脸同意书" in reader.get("/notices/face-check").text
    assert old.title in reader.get(f"/notices/face-check?version={old.version}").text
    reader.get("/notices/face-check?version=none", expect=404)
    assert "和前一版的不同" in desk.get(f"/bureau/content/notices/{new.id}").text
    tags = db.session.scalars(select(AuditRow.tag).where(AuditRow.tag.like("notice:%")).order_by(AuditRow.id)).all()
    assert tags == ["notice:drafted", "notice:drafted", "notice:proposed", "notice:published"]


def test_without_all_three_languages_nothing_is_proposed(desk: Browser) -> None:
    old = accounts.find_notice(ConsentPurpose.mutual_aid)
    assert old is not None
    desk.get("/bureau/content/notices")
    desk.post(f"/bureau/content/notices/{old.id}/draft")
    draft = accounts.list_drafts()[ConsentPurpose.mutual_aid]
    page = desk.get(f"/bureau/content/notice-drafts/{draft.id}?language=en")

    gone = desk.post(f"/bureau/content/notice-drafts/{draft.id}", {**typed(page), "body": " "}, expect=422)

    assert "不能空着" in gone.text


def test_days_off_are_written_by_hand_and_by_file(desk: Browser) -> None:
    desk.get("/bureau/content/holidays/2028")
    assert "没有这一天" in desk.post("/bureau/content/holidays/2028", {"day": "31.02.2028", "name": "x"}, expect=422).text
    assert "请写 2028 年" in desk.post("/bureau/content/holidays/2028", {"day": "2027-10-01", "name": "x"}, expect=422).text
    desk.post("/bureau/content/holidays/2028", {"day": "2028年10月1日", "name": "国庆节"})
    assert [d.name for d in list_holidays_of(2028)] == ["国庆节"]
    token = desk.get("/bureau/content/holidays/2028").hidden()["csrf_token"]

    def upload(data: bytes) -> Page:
        answer = desk.http.post(
            "/bureau/content/holidays/2028/file",
            data={"csrf_token": token, "file": (io.BytesIO(data), "通知.csv")},
            content_type="multipart/form-data",
            follow_redirects=True,
        )
        return Page(answer, [])

    bad = upload("2028-01-01,元旦,0\n2028-02-31,没有,0\n".encode())
    assert bad.status == 422 and "第 2 行：没有这一天" in bad.html
    assert [d.name for d in list_holidays_of(2028)] == ["国庆节"]
    for wrong in (b"\x00\x01\x02", b"", b"x" * 70_000, "2028-01-03,元旦,1".encode(), "2027-01-01,元旦,0".encode()):
        assert upload(wrong).status == 422
    assert upload("日期,节日,上班\n2028-01-01,元旦,0\n2028-01-08,元旦调休,1\n".encode("gbk")).status == 200
    assert [(d.name, d.is_worked) for d in list_holidays_of(2028)] == [("元旦", False), ("元旦调休", True)]
    assert find_holiday_year(2028) is not None
    desk.get("/bureau/content/holidays/2028")
    desk.post("/bureau/content/holidays/2028/removal", {"day": "2028-01-08"})
    assert len(list_holidays_of(2028)) == 1
    desk.get("/bureau/content/holidays/1", expect=404)


@pytest.mark.both_databases
def test_pages_of_content_ask_a_fixed_number_of_times(desk: Browser) -> None:
    number = text_id("alipay")
    notice = accounts.find_notice(ConsentPurpose.face_check)
    assert notice is not None
    asked = {}
    for path in (
        "/bureau/content",
        "/bureau/content/regions",
        "/bureau/content/agencies",
        "/bureau/content/hotlines",
        "/bureau/content/help?kind=question",
        f"/bureau/content/help/{number}",
        f"/bureau/content/help/{number}/versions",
        "/bureau/content/notices",
        f"/bureau/content/notices/{notice.id}",
        "/bureau/content/holidays/2026",
    ):
        with counted() as statements:
            desk.get(path)
        asked[path] = len([s for s in statements if s.lstrip().upper().startswith("SELECT")])

    assert {path: count for path, count in asked.items() if count > 12} == {}
