"""The pages of figures as members of staff see them: what they say, whose numbers, and at what price."""

import csv
import io
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, insert, select

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.figures import service
from app.figures.models import CountedDay, DailyFigure, Figure
from app.staff.models import Role
from tests.figures.city import City
from tests.kit.client import Browser, Page
from tests.kit.staff import staff_browser

pytestmark = pytest.mark.one_database

PAGES = ("", "/activations", "/steps", "/reviews", "/scans", "/protection", "/families")


def put(figure: Figure, value: int, *, ago: int = 0, region: str = "510603", key: str = "") -> None:
    """A counted number, and the day as counted."""
    day = clock.today() - timedelta(days=ago)
    with transaction():
        if db.session.get(CountedDay, day) is None:
            db.session.add(CountedDay(day=day, counted_at=clock.now()))
        row = {"figure": figure.value, "day": day, "region": region, "key": key, "value": value, "spread": ""}
        db.session.execute(insert(DailyFigure), row)


def stat(page: Page, label: str) -> str:
    """The number and the sentences under this label, with the blanks a reader sees between them."""
    cells = [node for node in page.nodes if node.tag in {"dt", "dd"}]
    start = next(number for number, node in enumerate(cells) if node.tag == "dt" and node.text == label)
    end = next((number for number in range(start + 1, len(cells)) if cells[number].tag == "dt"), len(cells))
    return " ".join(node.text.strip() for node in cells[start + 1 : end])


@pytest.fixture
def clerk(app: Flask) -> Browser:
    """Of the city's agency: all of 德阳."""
    return staff_browser(app, [Role.sysadmin], username="clerk")


def test_before_the_first_count_the_pages_say_so_in_words(clerk: Browser) -> None:
    for path in PAGES:
        assert "还没有统计" in clerk.get(f"/bureau/figures{path}").text
    clerk.get("/bureau/figures/table?page=scans&chart=scans", expect=404)


def test_on_the_first_day_nothing_is_compared_and_the_page_says_why(clerk: Browser) -> None:
    service.count_due()

    page = clerk.get("/bureau/figures")

    assert "统计从今天开始" in page.text and "再往前没有统计，还不能比较" in stat(page, "新激活")
    assert "这段时间没有。" in page.text and "截至" in page.text
    for path in PAGES[1:]:
        clerk.get(f"/bureau/figures{path}")


def test_a_number_is_set_beside_the_days_before(clerk: Browser) -> None:
    put(Figure.insured, 1000, region="510603")
    put(Figure.activated, 60, key="own")
    put(Figure.activated, 40, ago=30, key="own")
    put(Figure.activated, 7, ago=60, key="own")

    assert "60 比前 30 天多 50%（40）" in stat(clerk.get("/bureau/figures"), "新激活")
    assert "60 前 7 天没有" in stat(clerk.get("/bureau/figures?days=7"), "新激活")
    assert "再往前没有统计" in stat(clerk.get("/bureau/figures?days=90"), "新激活")
    assert "多 50%" in stat(clerk.get("/bureau/figures?days=nonsense"), "新激活")


def test_the_total_stands_against_the_target_with_the_pace_it_needs(app: Flask, clerk: Browser) -> None:
    put(Figure.insured, 1000)
    put(Figure.living, 380, key="own")
    put(Figure.activated, 22, key="own")
    put(Figure.ended, 2)
    object.__setattr__(app.config["SETTINGS"], "activation_target", 800)
    object.__setattr__(app.config["SETTINGS"], "activation_target_on", (clock.today() + timedelta(days=40)).isoformat())

    page = clerk.get("/bureau/figures/activations")

    assert "400 占参保人 40%（1,000 人）" in stat(page, "有医保码的人")
    assert "完成 50%，还差 400" in stat(page, "目标") and "还有 40 天，每天要 10" in stat(page, "目标")


def test_a_county_sees_its_own_numbers_and_no_target(app: Flask, clerk: Browser) -> None:
    put(Figure.insured, 100, region="510603")
    put(Figure.insured, 900, region="510604")
    put(Figure.activated, 5, region="510603", key="own")
    put(Figure.activated, 70, region="510604", key="own")
    put(Figure.step, 300, region="", key="started")
    put(Figure.step, 200, region="510604", key="found")
    put(Figure.scan, 11, region="510604", key="1")
    object.__setattr__(app.config["SETTINGS"], "activation_target", 800)
    county = staff_browser(app, [Role.counter], username="county", agency="jingyang")

    own, whole = county.get("/bureau/figures/activations"), clerk.get("/bureau/figures/activations")

    assert stat(own, "新激活").startswith("5 ") and stat(whole, "新激活").startswith("75 ")
    assert "目标" not in own.text.replace("离目标还差多少", "") and "800" in whole.text
    assert "罗江区" not in own.text and "罗江区" in whole.text
    assert "填写身份信息 300" not in county.get("/bureau/figures/steps").text
    assert stat(county.get("/bureau/figures/scans"), "扫码成功").startswith("0 ")


@pytest.mark.both_databases
def test_pages_cost_the_same_number_of_statements_whatever_was_counted(app: Flask, clerk: Browser) -> None:
    service.count_due()
    few = {path: statements_of(clerk, path) for path in PAGES}
    city = City(seed=1)
    city.live(clock.now() - timedelta(days=3), clock.now(), 150)
    service.count_days(clock.today() - timedelta(days=3), clock.today())

    many = {path: statements_of(clerk, path) for path in PAGES}

    assert max(many.values()) <= 15 and all(many[path] <= few[path] + 1 for path in PAGES)


def statements_of(browser: Browser, path: str) -> int:
    """How many statements the page issues; none may touch a big table."""
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    browser.get(f"/bureau/figures{path}")
    event.remove(db.engine, "before_cursor_execute", note)
    big = ("FROM scan", "FROM audit", "FROM credential", "FROM insured_person", "FROM review_", "JOIN")
    assert not [one for one in seen if any(word in one for word in big) and "staff_" not in one]
    return len(seen)


def test_a_table_is_taken_away_as_csv_and_that_is_written_down(clerk: Browser) -> None:
    put(Figure.insured, 1000)
    put(Figure.scan, 12, key="1")
    put(Figure.scan_refused, 3, key="1")
    put(Figure.scan, 5, ago=1, key="1")

    page = clerk.get("/bureau/figures/table?page=scans&chart=scans&days=7")

    rows = list(csv.reader(io.StringIO(page.response.get_data().decode("utf-8-sig"))))
    today = clock.today()
    assert rows[:3] == [
        ["日期", "扫码成功", "拒绝"],
        [today.isoformat(), "12", "3"],
        [(today - timedelta(days=1)).isoformat(), "5", "0"],
    ]
    assert page.response.mimetype == "text/csv" and "attachment" in page.response.headers["Content-Disposition"]
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "figures:exported")).one()
    assert row.subject == "figures:scans" and row.actor.startswith("staff:") and '"chart": "scans"' in row.detail


def test_a_table_that_is_none_is_not_found(clerk: Browser) -> None:
    service.count_due()

    for query in ("", "?page=scans", "?page=nothing&chart=scans", "?page=scans&chart=new", "?page=scans&chart=../x"):
        clerk.get(f"/bureau/figures/table{query}", expect=404)


def test_an_institution_named_like_a_formula_stays_text(clerk: Browser) -> None:
    city = City(seed=1)
    with transaction():
        db.session.execute(db.text("UPDATE institution SET name = '=cmd|calc' WHERE id = :id"), {"id": city.places[0][0]})
    put(Figure.insured, 10)
    put(Figure.scan, 12, key=str(city.places[0][0]))

    page = clerk.get("/bureau/figures/table?page=scans&chart=institutions")

    assert "'=cmd|calc,12,0,0%" in page.response.get_data(as_text=True)


def test_numbers_nobody_counted_for_an_hour_are_said_to_be_old(clerk: Browser) -> None:
    service.count_due()
    clock.move(timedelta(hours=1, minutes=1))
    browser = clerk
    with transaction():
        db.session.execute(db.text("UPDATE staff_session SET last_seen_at = :now"), {"now": clock.now()})

    assert "统计停了" in browser.get("/bureau/figures").text


def test_a_chart_says_in_words_what_it_shows(clerk: Browser) -> None:
    put(Figure.insured, 1000)
    put(Figure.scan, 1200, key="1")

    page = clerk.get("/bureau/figures/scans")

    svg = page.all("svg", role="img")[0]
    title, about = (
        page.one(tag, id=name) for tag, name in zip(("title", "desc"), svg.attrs["aria-labelledby"].split(), strict=True)
    )
    day: date = clock.today()
    assert title.text == "扫码成功" and about.text == f"一共 1,200 次，最多的是 {day.month} 月 {day.day} 日。"


def test_where_most_give_up_is_named(clerk: Browser) -> None:
    put(Figure.insured, 100)
    put(Figure.gave_up, 2, key="person")
    put(Figure.gave_up, 7, key="proof")
    put(Figure.step, 20, key="found")
    put(Figure.step, 8, key="completed")

    text = clerk.get("/bureau/figures/steps").text

    assert "一共 9 次，最多的是“证明是本人”。" in text and "占找到本人的 40%" in text
