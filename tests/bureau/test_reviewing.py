"""A reviewer at the desk, through the pages."""

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy import select

from app.bureau.watermark import watermarked
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.documents.models import DocumentPage
from app.documents.service import accept_page, open_page
from app.reviews import queries, service
from app.reviews.models import CaseState, ReviewCase
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.service import change_roles
from tests.kit.client import Browser, Page
from tests.kit.documents import SUBJECT, make_photo
from tests.kit.people import make_activated_account
from tests.kit.reviews import KIND, Outcomes, let_settle, make_case
from tests.kit.staff import make_staff, sign_in_staff, staff_browser

pytestmark = pytest.mark.one_database


@pytest.fixture
def reviewer(app: Flask, outcomes: Outcomes) -> Browser:
    return staff_browser(app)


@pytest.fixture
def papers(app: Flask) -> list[DocumentPage]:
    owner = make_activated_account()
    return [
        accept_page(owner=owner, subject=SUBJECT, slot=slot, stream=io.BytesIO(make_photo(1200, 800)), name="IMG_1.jpg")
        for slot in ("birth_certificate", "register_holder")
    ]


def case_with_papers() -> ReviewCase:
    return service.open_case(SUBJECT, KIND, "510603")


def arrive(browser: Browser) -> Page:
    """Presses 领取下一件."""
    browser.get("/bureau/cases")
    return browser.post("/bureau/claims")


def state_of(case: ReviewCase) -> CaseState:
    db.session.rollback()
    return queries.get_case(case.id).state


def test_the_queue_shows_what_is_due_oldest_first(reviewer: Browser) -> None:
    late = make_case(1)
    clock.move(timedelta(days=10))
    sign_in_staff(reviewer)
    fresh = make_case(2, region="510681")

    page = reviewer.get("/bureau/cases")

    rows = [n.text for n in page.all("tr")][1:]
    assert [row.split()[0] for row in rows] == [str(late.id), str(fresh.id)]
    assert "旌阳区" in rows[0] and "已超时" in rows[0] and "已超时" not in rows[1]
    assert "2 件在等" in page.text and "1 件已超过承诺时间" in page.text
    only = reviewer.get("/bureau/cases?region=510681")
    assert len(only.all("tr")) == 2


def test_a_region_of_others_cannot_be_chosen(reviewer: Browser) -> None:
    make_case(1, region="610104")

    assert "没有等待审核的申请" in reviewer.get("/bureau/cases?region=610104").text


def test_one_click_decides_and_brings_the_next_case(reviewer: Browser, outcomes: Outcomes) -> None:
    first, second = make_case(1), make_case(2)

    page = arrive(reviewer)
    assert f"样例申请 {first.id} 号" in page.text and "李朵朵" in page.text
    page = reviewer.post(f"/bureau/cases/{first.id}/approval", {"round": "1"})

    assert page.response.request.path == f"/bureau/cases/{second.id}"
    assert "撤回" in page.text
    let_settle()
    assert outcomes.told == [("sample:1", CaseState.approved)]


def test_a_decision_is_undone_from_the_next_page(reviewer: Browser, outcomes: Outcomes) -> None:
    first = make_case(1)
    make_case(2)
    arrive(reviewer)
    reviewer.post(f"/bureau/cases/{first.id}/approval", {"round": "1"})

    page = reviewer.post(f"/bureau/cases/{first.id}/undoing")

    assert page.response.request.path == f"/bureau/cases/{first.id}" and "通过" in page.text
    let_settle()
    assert outcomes.told == []


def test_the_last_case_leads_back_to_the_queue(reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case()
    arrive(reviewer)

    page = reviewer.post(f"/bureau/cases/{case.id}/approval", {"round": "1"})

    assert page.response.request.path == "/bureau/cases" and "没有等您审核的了" in page.text


def test_only_the_bad_page_is_named_when_a_case_goes_back(reviewer: Browser, papers: list[DocumentPage]) -> None:
    case = case_with_papers()
    page = arrive(reviewer)
    assert "出生医学证明" in page.text

    fields = {"round": "1", f"page-{papers[0].id}": "blurred", f"page-{papers[1].id}": "", "note": "请重新拍。"}
    reviewer.post(f"/bureau/cases/{case.id}/correction", fields)
    let_settle()

    assert state_of(case) is CaseState.returned
    reasons = queries.list_reasons(queries.get_case(case.id))
    assert [(r.slot, r.page_id, r.label) for r in reasons] == [("birth_certificate", papers[0].id, "看不清，字是糊的")]
    shown = reviewer.get(f"/bureau/cases/{case.id}")
    assert "已退回" in shown.text and "请重新拍。" in shown.text


def test_without_a_reason_nothing_is_refused_and_what_was_typed_stays(reviewer: Browser, papers: list[DocumentPage]) -> None:
    case = case_with_papers()
    arrive(reviewer)

    page = reviewer.post(f"/bureau/cases/{case.id}/rejection", {"round": "1", "note": "不行"}, expect=422)

    assert "请至少选一条原因" in page.text and page.one("textarea").text == "不行"
    fields = {"round": "1", "whole": "other", "note": "", f"page-{papers[0].id}": "glare"}
    page = reviewer.post(f"/bureau/cases/{case.id}/rejection", fields, expect=422)
    assert "请写一句说明" in page.text
    assert [n.text for n in page.all("option") if "selected" in n.attrs] == ["有反光，挡住了字", "其他，见说明"]
    assert state_of(case) is CaseState.claimed


def test_a_page_carries_the_watermark_and_the_view_is_audited(reviewer: Browser, papers: list[DocumentPage]) -> None:
    case = case_with_papers()
    arrive(reviewer)

    answer = reviewer.http.get(f"/bureau/cases/{case.id}/pages/{papers[0].id}")

    assert answer.status_code == 200 and answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
    bare = Image.open(io.BytesIO(open_page(papers[0], by="system"))).convert("L")
    seen = Image.open(io.BytesIO(answer.data)).convert("L")
    changed = ImageChops.difference(bare, seen).point(lambda value: 255 if value > 20 else 0).histogram()[255]
    assert seen.size == bare.size and changed > seen.width * seen.height * 0.01
    staff = find_staff("reviewer")
    assert staff is not None
    rows = db.session.scalars(select(AuditRow).where(AuditRow.tag == "document:viewed", AuditRow.actor == staff.actor)).all()
    assert len(rows) == 1


def test_the_watermark_can_be_read_on_white_and_on_black() -> None:
    for ground in (255, 0):
        page = io.BytesIO()
        Image.new("RGB", (900, 1300), (ground,) * 3).save(page, "JPEG")

        marked = Image.open(io.BytesIO(watermarked(page.getvalue(), "reviewer"))).convert("L")

        low, high = marked.getextrema()
        assert high - low > 12


def test_papers_are_shown_to_the_holder_of_the_case_alone(app: Flask, reviewer: Browser, papers: list[DocumentPage]) -> None:
    case = case_with_papers()
    make_staff("other")
    other = Browser(app)
    sign_in_staff(other, "other")
    path = f"/bureau/cases/{case.id}/pages/{papers[0].id}"

    assert reviewer.get(f"/bureau/cases/{case.id}").all("img", alt="出生医学证明 第 1 页") == []
    reviewer.get(path, expect=409)
    arrive(reviewer)
    assert reviewer.http.get(path).status_code == 200

    other.get(path, expect=409)
    assert "另一位审核员正在看" in other.get(f"/bureau/cases/{case.id}").text
    other.post(f"/bureau/cases/{case.id}/claim", expect=409)
    other.post(f"/bureau/cases/{case.id}/approval", {"round": "1"}, expect=409)


def test_a_page_of_another_case_is_not_found(reviewer: Browser, papers: list[DocumentPage]) -> None:
    case = make_case()
    arrive(reviewer)

    reviewer.get(f"/bureau/cases/{case.id}/pages/{papers[0].id}", expect=404)
    reviewer.get(f"/bureau/cases/{case.id}/pages/999", expect=404)
    reviewer.get("/bureau/cases/999", expect=404)


def test_another_regions_case_is_refused_with_a_sentence(app: Flask, outcomes: Outcomes) -> None:
    browser = staff_browser(app, agency="guanghan")
    case = make_case(region="510603")

    for page in (
        browser.get(f"/bureau/cases/{case.id}", expect=403),
        browser.post(f"/bureau/cases/{case.id}/claim", expect=403),
        browser.post(f"/bureau/cases/{case.id}/approval", {"round": "1"}, expect=403),
    ):
        assert "属于别的参保地" in page.text


def test_the_own_family_is_refused_with_a_sentence(reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case()
    staff = find_staff("reviewer")
    assert staff is not None
    outcomes.kin[case.subject] = staff.id

    assert "您自己家" in reviewer.get(f"/bureau/cases/{case.id}", expect=403).text


def test_an_appeal_stands_beside_the_papers(reviewer: Browser, app: Flask) -> None:
    case = make_case()
    arrive(reviewer)
    reviewer.post(f"/bureau/cases/{case.id}/rejection", {"round": "1", "whole": "not_entitled"})
    let_settle()
    service.appeal_case(case.subject, "我是她的<b>母亲</b>。")
    make_staff("other")
    other = Browser(app)
    sign_in_staff(other, "other")

    page = arrive(other)

    assert "我是她的<b>母亲</b>。" in page.text and "不符合添加的条件" in page.text


def test_what_is_put_back_is_in_the_queue_again(reviewer: Browser) -> None:
    case = make_case()
    arrive(reviewer)

    page = reviewer.post(f"/bureau/cases/{case.id}/release")

    assert "已经放回" in page.text and "1 件在等" in page.text


def test_the_desk_says_what_waits(reviewer: Browser) -> None:
    make_case()

    page = reviewer.get("/bureau")

    assert "等待审核" in page.text and page.all("a", href="/bureau/cases")
    assert page.all("a", class_="button button-secondary", href="/bureau/figures"), "the figures are offered as the rest is"


def test_a_refusal_stays_at_the_desk(reviewer: Browser) -> None:
    page = reviewer.get("/bureau/cases/999", expect=404)

    assert page.all("a", href="/bureau") and not page.all("a", href="/family")


def test_a_case_for_four_eyes_is_approved_by_two_through_the_pages(app: Flask, reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case(needs_second=True)
    page = arrive(reviewer)
    assert "这件要两人看" in page.text
    reviewer.post(f"/bureau/cases/{case.id}/approval", {"round": "1"})
    let_settle()
    assert outcomes.told == []
    sign_in_staff(reviewer)
    reviewer.get("/bureau/cases")
    assert "已经看过一遍" in reviewer.post(f"/bureau/cases/{case.id}/claim", expect=403).text

    make_staff("other")
    other = Browser(app)
    sign_in_staff(other, "other")
    assert "第一人已通过" in arrive(other).text
    other.post(f"/bureau/cases/{case.id}/approval", {"round": "1"})
    let_settle()

    assert outcomes.told == [("sample:1", CaseState.approved)]


def test_a_case_kept_too_long_is_decided_by_nobody_until_claimed_again(reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case()
    arrive(reviewer)
    clock.move(timedelta(minutes=settings.review_claim_minutes, seconds=1))
    sign_in_staff(reviewer)
    reviewer.get(f"/bureau/cases/{case.id}")

    assert "放得太久" in reviewer.post(f"/bureau/cases/{case.id}/approval", {"round": "1"}, expect=409).text

    let_settle()
    assert outcomes.told == [] and refusals() == ["not_claimed"]


def test_the_second_of_two_clicks_decides_nothing(reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case()
    arrive(reviewer)
    reviewer.post(f"/bureau/cases/{case.id}/approval", {"round": "1"})
    reviewer.get("/bureau/cases")

    page = reviewer.post(f"/bureau/cases/{case.id}/rejection", {"round": "1", "whole": "not_entitled"}, expect=409)

    assert "刚才已经决定过" in page.text
    let_settle()
    assert outcomes.told == [("sample:1", CaseState.approved)] and refusals() == ["decided_already"]


def test_a_trick_in_a_papers_address_finds_nothing(
    subtests: pytest.Subtests, reviewer: Browser, papers: list[DocumentPage]
) -> None:
    case = case_with_papers()
    arrive(reviewer)

    for tail in (
        "../1",
        "%2e%2e/1",
        "..%2f..%2fetc%2fpasswd",
        "1/../../2",
        "-1",
        "1.jpg",
        "1%00",
        "99999999999999999999",
        "１",
        "1;2",
        "%252e",
    ):
        with subtests.test(tail=tail):
            answer = reviewer.http.get(f"/bureau/cases/{case.id}/pages/{tail}")

            assert answer.status_code in {404, 400} or answer.request.path == f"/bureau/cases/{case.id}/pages/1", (
                answer.request.path
            )
            assert answer.mimetype == "text/html"


def test_what_must_not_be_opened_is_refused_and_audited(app: Flask, outcomes: Outcomes) -> None:
    """Another region's case, the own family's, another member's: pages and decisions alike."""
    browser = staff_browser(app, agency="guanghan")
    foreign, own, taken = make_case(1, region="510603"), make_case(2, region="510681"), make_case(3, region="510681")
    member = find_staff("reviewer")
    assert member is not None
    outcomes.kin[own.subject] = member.id
    service.claim_case(make_staff("other", agency="guanghan"), taken)
    browser.get("/bureau/cases")

    for case in (foreign, own):
        for path in (f"/bureau/cases/{case.id}/pages/1", f"/bureau/cases/{case.id}/letter"):
            browser.get(path, expect=403)
            browser.get("/bureau/cases")
        browser.post(f"/bureau/cases/{case.id}/rejection", {"round": "1", "whole": "not_entitled"}, expect=403)
        browser.get("/bureau/cases")
    browser.post(f"/bureau/cases/{taken.id}/approval", {"round": "1"}, expect=409)

    assert refusals() == ["not_allowed"] * 6 + ["claimed_by_other"]
    let_settle()
    assert outcomes.told == []


def test_a_role_taken_away_closes_the_case_at_once(reviewer: Browser, outcomes: Outcomes) -> None:
    case = make_case()
    arrive(reviewer)
    member = find_staff("reviewer")
    assert member is not None
    change_roles(member, [Role.agent], by="system")

    reviewer.post(f"/bureau/cases/{case.id}/approval", {"round": "1"}, expect=403)
    reviewer.get(f"/bureau/cases/{case.id}", expect=403)

    let_settle()
    assert outcomes.told == []


def refusals() -> list[str]:
    """Why, in order, as the audit log has it."""
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow.detail).where(AuditRow.tag == "review:refused").order_by(AuditRow.id))
    return [str(json.loads(detail)["reason"]) for detail in rows]
