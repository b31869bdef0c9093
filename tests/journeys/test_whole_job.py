"""The whole main job: activate on a phone, show, scan, and what a second scan is told."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.journeys import steps
from tests.kit.chromium import open_phone
from tests.kit.demo import DemoServer


def _flip(code: str, place: int) -> str:
    return code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]


def test_activate_show_and_be_scanned(demo_server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    worker = demo_server.citizen("worker")
    page = open_phone(chromium)

    steps.sign_in(page, demo_server, worker["phone"])
    steps.describe_person(page, demo_server, "worker")
    steps.pass_face_check(page)
    steps.choose_pin(page)
    earlier = steps.shown_code(page)
    steps.next_code(page, earlier)
    code = steps.read_from_screen(page, tmp_path / "code.png")

    first = demo_server.scan(code, biz_no="worker-1")
    assert first.json()["code"] == 0
    assert first.json()["data"]["userName"] == worker["name"]
    assert first.json()["data"]["idNo"] == worker["cert_no"]
    assert demo_server.scan(code, biz_no="worker-1").content == first.content
    assert demo_server.scan(code, biz_no="worker-2").json()["reason"] == "code_used"
    assert demo_server.scan(earlier, biz_no="worker-3").json()["reason"] == "code_used"
    page.wait_for_function("old => document.querySelector('[data-code]')?.dataset.code !== old", arg=code, timeout=45_000)
    later = steps.shown_code(page)
    forged = demo_server.scan(_flip(later, 45), biz_no="worker-4").json()
    assert forged["reason"] == "code_forged"
    assert forged["helpCode"].startswith("P-02-")
    demo_server.let_pass(61)
    assert demo_server.scan(later, biz_no="worker-5").json()["reason"] == "code_expired"
    assert "the audit log holds" in demo_server.run_command("audit", "verify")


def test_the_counter_code_is_of_equal_rank(demo_server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    retiree = demo_server.citizen("retiree")
    page = open_phone(chromium)

    steps.sign_in(page, demo_server, retiree["phone"])
    steps.describe_person(page, demo_server, "retiree")
    steps.give_counter_code(page, demo_server.counter_code("retiree"))
    steps.choose_pin(page)

    answer = demo_server.scan(steps.read_from_screen(page, tmp_path / "code.png"), biz_no="retiree-1").json()
    assert (answer["code"], answer["data"]["userName"]) == (0, retiree["name"])


def test_everything_works_without_script(demo_server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    person = demo_server.citizen("rare_name")
    page = open_phone(chromium, java_script_enabled=False)

    steps.sign_in(page, demo_server, person["phone"])
    steps.describe_person(page, demo_server, "rare_name")
    steps.pass_face_check(page)
    steps.choose_pin(page)
    first = demo_server.scan(steps.read_from_screen(page, tmp_path / "code.png"), biz_no="rare-1").json()
    demo_server.let_pass(31)
    page.get_by_role("link", name="刷新").or_(page.get_by_role("button", name="刷新")).first.click()
    second = demo_server.scan(steps.read_from_screen(page, tmp_path / "again.png"), biz_no="rare-2").json()

    assert (first["code"], first["data"]["userName"]) == (0, "张㛃䶮")
    assert second["code"] == 0


def test_the_code_is_shown_only_behind_its_password(demo_server: DemoServer, chromium: Browser) -> None:
    student = demo_server.citizen("student")
    page = open_phone(chromium)
    steps.sign_in(page, demo_server, student["phone"])
    steps.describe_person(page, demo_server, "student")
    steps.pass_face_check(page)
    steps.choose_pin(page)
    steps.shown_code(page)

    demo_server.let_pass(6 * 60)
    page.goto(demo_server.base_url + "/code")
    expect(page.locator("[data-code]")).to_have_count(0)
    steps.unlock(page, "000001")
    expect(page.get_by_text("密码不对").first).to_be_visible()
    expect(page.locator("[data-code]")).to_have_count(0)
    steps.unlock(page)

    assert len(steps.shown_code(page)) == 61
