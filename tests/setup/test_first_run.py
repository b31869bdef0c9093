"""Setting up a real bureau: at a shell, by options, and as pages behind a code, with nothing else served until it is done."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Mode
from app.core import clock, installation
from app.core.db import db
from app.regions.queries import list_agencies, list_insured_regions
from app.staff.models import Role
from app.staff.queries import find_staff, list_staff
from tests.core.test_settings import REAL_FIELDS
from tests.kit.apps import check_for_serving
from tests.kit.client import Browser, Page
from tests.kit.settings import make_settings

STAFF = {
    "sysadmin_username": "xitong",
    "sysadmin_name": "王系统",
    "secadmin_username": "anquan",
    "secadmin_name": "李安全",
    "auditadmin_username": "shenji",
    "auditadmin_name": "赵审计",
    "agency": "deyang",
}
OPTIONS = [
    *("--name", "德阳市医疗保障局", "--icp-number", "蜀ICP备1号", "--city", "510600"),
    *("--agency", "deyang,德阳市本级医保,510699,0838-2208900"),
    *("--staff", "sysadmin,xitong,王系统", "--staff", "secadmin,anquan,李安全", "--staff", "auditadmin,shenji,赵审计"),
]


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A production server on an empty database."""
    made = create_app(make_settings(database_url=database_url, instance_path=tmp_path, app_mode=Mode.production, **REAL_FIELDS))
    clock.reset()
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def init(app: Flask, *arguments: str, answers: str | None = None) -> str:
    ended = app.test_cli_runner().invoke(args=["bureau", "init", *arguments], input=answers)
    assert ended.exit_code == 0, ended.output
    db.session.rollback()
    return ended.output


def code_of(app: Flask) -> str:
    return init(app, "--web").split(": ")[1].strip()


def entered(app: Flask) -> Browser:
    browser = Browser(app)
    code = code_of(app)
    browser.get("/first-run")
    browser.post("/first-run", {"code": f" {code.upper()} "})
    return browser


def path(page: Page) -> str:
    return str(page.response.request.path)


def test_the_pages_set_up_a_bureau_and_open_it(real: Flask) -> None:
    browser = entered(real)

    page = browser.post("/first-run/name", {"name": "德阳市医疗保障局", "icp": "蜀ICP备1号", "police": ""})
    assert path(page) == "/first-run/regions"
    page = browser.post("/first-run/regions", {"cities": ["510600"]})
    assert path(page) == "/first-run/agencies"
    office = {"slug": "deyang", "name": "德阳市本级医保", "region": "510699", "phone": "0838-2208900"}
    page = browser.post("/first-run/agencies", office)
    assert "0838-2208900" in page.text
    browser.get("/first-run/staff")
    page = browser.post("/first-run/staff", STAFF)
    passwords = re.findall(r"(?:\w{5}-){3}\w{5}", page.text)
    assert len(passwords) == 3 and "只显示这一次" in page.text
    browser.get("/first-run/opening")
    page = browser.post("/first-run/opening")

    assert path(page) == "/bureau/sign-in" and not installation.code_path().exists()
    assert installation.find_kind() is Mode.production
    assert "德阳市医疗保障局" in page.text and "蜀ICP备1号" in browser.get("/help").text
    check_for_serving(real)
    browser.get("/first-run", expect=404)
    clerk = Browser(real)
    clerk.get("/bureau/sign-in")
    assert path(clerk.post("/bureau/sign-in", {"username": "anquan", "password": passwords[1]})).endswith("/second-factor")


def test_nothing_else_is_served_meanwhile(real: Flask) -> None:
    refused = real.test_client()
    code_of(real)

    for address in ("/", "/sign-in", "/bureau", "/bureau/sign-in", "/readyz", "/api/v1/openapi.json", "/no-such-page", "/help"):
        answer = refused.get(address)
        assert answer.status_code == 503 and answer.headers["Retry-After"], address
    page = Browser(real).get("/sign-in", expect=503)
    assert "正在第一次设置" in page.text and [link.attrs["href"] for link in page.all("a")] == ["#main", "/first-run"]
    assert not page.all("form") and not page.all("script")
    assert refused.get("/healthz").status_code == 200
    check_for_serving(real)


def test_the_name_can_be_put_right_before_the_bureau_opens(real: Flask) -> None:
    browser = entered(real)
    browser.post("/first-run/name", {"name": "德阳市医保局"})

    assert path(browser.post("/first-run/name", {"name": "德阳市医疗保障局"})) == "/first-run/regions"
    assert "德阳市医疗保障局" in browser.get("/first-run/name").text


def test_a_city_without_insured_regions_is_no_choice(real: Flask) -> None:
    browser = entered(real)
    browser.post("/first-run/name", {"name": "蓉城医疗保障局"})
    page = browser.get("/first-run/regions")

    assert "德阳市" in page.text and "成都市" not in page.text
    assert "请至少选一个城市" in browser.post("/first-run/regions", {"cities": ["510100"]}, expect=422).text


def test_the_code_opens_and_a_newer_one_closes(real: Flask) -> None:
    stranger = Browser(real)
    browser = entered(real)
    assert installation.code_path().stat().st_mode & 0o777 == 0o600

    assert path(stranger.get("/first-run/name")) == "/first-run"
    assert "设置码不对" in stranger.post("/first-run", {"code": "000000-000000-000000-000000"}, expect=422).text
    assert "设置码不对" in stranger.post("/first-run", {"code": ""}, expect=422).text
    assert path(browser.get("/first-run")) == "/first-run/name"

    code_of(real)
    assert path(browser.get("/first-run/name")) == "/first-run"


def test_an_empty_code_file_lets_nobody_in(real: Flask) -> None:
    code_of(real)
    installation.code_path().write_text("")
    stranger = Browser(real)
    stranger.get("/first-run")

    assert "设置码不对" in stranger.post("/first-run", {"code": ""}, expect=422).text


def test_a_first_run_left_in_the_middle_goes_on(real: Flask) -> None:
    browser = entered(real)
    browser.post("/first-run/name", {"name": "德阳市医疗保障局", "icp": "", "police": ""})

    again = entered(real)

    assert path(again.get("/first-run")) == "/first-run/regions"
    again.post("/first-run/opening", expect=409)
    assert path(again.get("/first-run/opening")) == "/first-run/regions"


def test_mistakes_are_said_beside_their_field(real: Flask) -> None:
    browser = entered(real)
    assert "请填写医保局的名称" in browser.post("/first-run/name", {"name": " ", "icp": "", "police": ""}, expect=422).text
    browser.post("/first-run/name", {"name": "局", "icp": "", "police": ""})
    assert "请至少选一个城市" in browser.post("/first-run/regions", {"cities": ["999999"]}, expect=422).text
    browser.post("/first-run/regions", {"cities": ["510600"]})
    wrong = {"slug": "deyang", "name": "局", "region": "510699", "phone": "12"}
    browser.post("/first-run/agencies", wrong, expect=422)
    assert list_agencies() == []
    browser.post("/first-run/agencies", {**wrong, "phone": "0838-2208900"})
    browser.get("/first-run/staff")
    both = {**STAFF, "secadmin_username": "xitong"}
    assert "不能由同一个人担任" in browser.post("/first-run/staff", both, expect=422).text
    assert list_staff() == []


def test_a_list_of_ones_own_is_taken_whole_or_not_at_all(real: Flask) -> None:
    browser = entered(real)
    page = browser.post("/first-run/name", {"name": "局", "icp": "", "police": ""})
    header = "code,name,level,parent_code,is_insured_region\n"

    def send(text: str | bytes) -> str:
        content = text if isinstance(text, bytes) else text.encode()
        data = {"csrf_token": page.hidden()["csrf_token"], "file": (io.BytesIO(content), "regions.csv")}
        answer = browser.http.post("/first-run/regions", data=data, content_type="multipart/form-data", headers=browser.said())
        text = answer.get_data(as_text=True)
        answer.close()
        db.session.rollback()
        return text if answer.status_code == 422 else ""

    assert "第 3 行" in (send(header + "510000,四川省,province,,0\n51,短,county,510000,1\n"))
    assert "要有这几列" in (send("a,b\n1,2\n")) and list_insured_regions() == []
    assert "第 3 行有字不是 UTF-8" in send((header + "510000,四川省,province,,0\n").encode() + "510600,德阳市,city".encode()[:-6])
    assert "是 Excel 文件" in send(b"PK\x03\x04") and list_insured_regions() == []
    assert send("\ufeff" + header + "510000,四川省,province,,0\n510600,德阳市,city,510000,0\n510603,旌阳区,county,510600,1\n") == ""
    assert [region.code for region in list_insured_regions()] == ["510603"]


def test_a_list_from_a_chinese_spreadsheet_is_read_at_a_shell(real: Flask, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """GBK, semicolons, a row of blanks, the end of a DOS file; and what is no such list is a sentence, never a traceback."""
    file = tmp_path / "regions.csv"
    table = (
        "code,name,level,parent_code,is_insured_region\r\n510000,四川省,province,,0\r\n,,,,\r\n510600,德阳市,city,510000,1\r\n\x1a"
    )

    def init() -> tuple[int, str]:
        named = ["--name", "德阳市医疗保障局", "--regions", str(file), "--agency", "deyang,德阳市本级医保,510600,0838-2208900"]
        ended = real.test_cli_runner().invoke(args=["bureau", "init", "--no-ask", *named, *OPTIONS[-6:]])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended.exit_code, ended.output

    for said, content in {
        "Excel": b"PK\x03\x04",
        "UTF-16": table.encode("utf-16-le"),
        "第 4 行": table.encode().replace("德阳市".encode(), "德阳市".encode()[:-1]),
    }.items():
        with subtests.test(said):
            file.write_bytes(content)
            code, output = init()
            assert code == 1 and said in output and list_insured_regions() == []
    file.write_bytes(table.encode("gbk"))
    assert init()[0] == 0
    assert [region.name for region in list_insured_regions()] == ["德阳市"]


def test_options_set_up_everything_at_once(real: Flask) -> None:
    output = init(real, *OPTIONS)

    assert output.count("one-time password") == 3 and "德阳市医疗保障局" in output
    assert installation.find_kind() is Mode.production and installation.bureau_name() == "德阳市医疗保障局"
    assert {region.code[:4] for region in list_insured_regions()} <= {"5106", "5199"}
    member = find_staff("shenji")
    assert member is not None and member.roles == {Role.auditadmin} and member.must_choose_password


def test_at_a_terminal_it_asks_and_asks_again(real: Flask) -> None:
    answers = ["德阳市医疗保障局", "", "", "999999", "510600"]
    answers += ["de yang", "德阳市本级医保", "999999", "0838-2208900", "deyang", "510699", "y"]  # each wrong one again, alone
    answers += ["jingyang", "旌阳区医保", "510603", "12", "0838-2551709", "n"]
    answers += ["xitong", "王系统", "anquan", "李安全", "shenji", "赵审计"]

    output = init(real, "--ask", answers="\n".join(answers) + "\n")

    assert "名单里没有这个城市代码：999999。请填六位代码，例如 5" in output
    assert "没有地区代码是“999999”的参保地。请填六位代码，例如 51" in output and "“没有”" not in output
    assert output.count("one-time password") == 3
    assert "系统管理员的用户名" in output and "审计管理员的姓名" in output
    offices = [(office.slug, office.name, office.region_code, office.hotlines[0].phone) for office in list_agencies()]
    assert offices == [
        ("deyang", "德阳市本级医保", "510699", "0838-2208900"),
        ("jingyang", "旌阳区医保", "510603", "0838-2551709"),
    ]
    assert installation.find_kind() is Mode.production


def test_separation_holds_in_the_first_staff(real: Flask) -> None:
    merged = [*OPTIONS[:-6], "--staff", "sysadmin+secadmin,both,王", "--staff", "auditadmin,shenji,赵"]

    ended = real.test_cli_runner().invoke(args=["bureau", "init", *merged])
    assert ended.exit_code == 1 and "roles_clash" in ended.output
    object.__setattr__(real.config["SETTINGS"], "separation", "small")
    init(real, *merged[6:] if installation.find_profile() else merged)

    member = find_staff("both")
    assert member is not None and member.roles == {Role.sysadmin, Role.secadmin}


def test_the_environment_wins_over_what_was_said(real: Flask) -> None:
    init(real, *OPTIONS)
    object.__setattr__(real.config["SETTINGS"], "bureau_name", "环境里的名称")

    assert installation.bureau_name() == "环境里的名称" and installation.icp_number() == "蜀ICP备1号"
