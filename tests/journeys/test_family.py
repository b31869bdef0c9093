"""Families as a person sees them: by papers, by a face, by a code, by link; and how it ends."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys import family, steps
from tests.kit.chromium import lead_on, open_phone, reload_until
from tests.kit.demo import DemoServer


def test_a_mother_adds_her_child_of_eight(demo_server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    mother, child = demo_server.citizen("active_mother"), demo_server.citizen("child8")
    page = open_phone(chromium)
    family.arrive_home(page, demo_server, "active_mother")

    family.begin(page, demo_server, "active_mother")
    family.say_whom(page, child, "son")
    expect(page.get_by_text("第 3 步,共 5 步")).to_be_visible()
    steps.tick_all(page)
    page.get_by_role("button", name="同意并继续").click()
    family.send(page, "申请人的户口本", family.make_photo(tmp_path, "one.jpg"))
    family.send(page, "家人的户口本", family.make_photo(tmp_path, "two.jpg"))
    page.get_by_role("link", name="下一步：签承诺书").click()
    expect(page.get_by_text("第 4 步,共 5 步")).to_be_visible()
    family.sign_letter(page, mother["name"])
    expect(page.get_by_text("第 5 步,共 5 步")).to_be_visible()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("等待审核")
    request = page.url

    reviewer = family.Reviewer(chromium, demo_server)
    reviewer.take_next()
    reviewer.give_back("家人的户口本")
    wait_for_heading(page, request, "要补一点材料")
    expect(page.get_by_text("有反光").first).to_be_visible()
    assert page.locator("input[type=file]").count() == 1, "only the bad page is asked for again"
    lead_on(page.get_by_role("button", name="删掉第 1 页"))
    family.send(page, "家人的户口本", family.make_photo(tmp_path, "three.jpg"))
    lead_on(page.get_by_role("button", name="补好了，重新提交"))
    reviewer.take_next()
    reviewer.approve()
    wait_for_heading(page, request, "已添加")

    used = family.show(page, demo_server, child["name"], mother["pin"])
    answer = demo_server.scan(used, biz_no="child-1").json()
    assert (answer["code"], answer["data"]["userName"]) == (0, child["name"])
    assert answer["data"]["extData"]["shownBy"] == "family"
    code = steps.next_code(page, used)
    page.goto(demo_server.base_url + "/family")
    page.get_by_role("link", name=f"管理：{child['name']}").click()
    page.get_by_role("link", name="解绑").click()
    page.get_by_role("button", name="解绑", exact=True).click()
    expect(page.get_by_text("已解绑").first).to_be_visible()
    assert demo_server.scan(code, biz_no="child-2").json()["reason"] == "link_ended"


def wait_for_heading(page: Page, address: str, words: str) -> None:
    """Until the decision has taken effect, for which no page waits."""
    reload_until(page, address, page.get_by_role("heading", level=1, name=words))


def test_a_daughter_adds_her_father_without_a_phone(demo_server: DemoServer, chromium: Browser) -> None:
    daughter, father = demo_server.citizen("active_daughter"), demo_server.citizen("father76")
    page = open_phone(chromium)
    family.arrive_home(page, demo_server, "active_daughter")

    family.begin(page, demo_server, "active_daughter")
    family.say_whom(page, father, "father")
    family.choose_way(page, "家人就在身边，用这部手机刷脸")
    expect(page.get_by_text("第 4 步,共 5 步")).to_be_visible()
    steps.tick_all(page)
    steps.pass_face_check(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已添加")
    first = demo_server.scan(family.show(page, demo_server, father["name"], daughter["pin"]), biz_no="father-1").json()
    page.goto(demo_server.base_url + "/family")
    page.get_by_role("link", name=f"管理：{father['name']}").click()
    page.get_by_role("link", name="解绑").click()
    page.get_by_role("button", name="解绑", exact=True).click()

    family.begin(page, demo_server, "active_daughter")
    family.say_whom(page, father, "father")
    family.choose_way(page, "家人到医保窗口领核验码")
    expect(page.get_by_label("窗口核验码")).to_be_visible()
    steps.tick_all(page)
    page.get_by_label("窗口核验码").fill(demo_server.counter_code("father76"))
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已添加")
    second = demo_server.scan(family.show(page, demo_server, father["name"], daughter["pin"]), biz_no="father-2").json()

    for answer in (first, second):
        assert (answer["code"], answer["data"]["userName"]) == (0, father["name"])
        assert answer["data"]["extData"]["shownBy"] == "family"


def test_a_seventeen_year_old_authorises_by_link(demo_server: DemoServer, chromium: Browser) -> None:
    teen, mother = demo_server.citizen("teen17"), demo_server.citizen("active_mother")
    page = open_phone(chromium)
    family.arrive_home(page, demo_server, "active_mother")
    family.begin(page, demo_server, "active_mother")
    family.say_whom(page, teen, "son")
    family.choose_way(page, "把链接发到家人自己的手机")
    page.get_by_role("button", name="生成链接").click()
    link = page.locator("a[href*='/family/invitations/']").get_attribute("href")
    assert link is not None
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="发给家人").click()
    expect(page.get_by_text("链接已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link

    own = open_phone(chromium)
    steps.sign_in(own, demo_server, teen["phone"])
    own.goto(link)
    steps.tick_all(own)
    own.get_by_role("button", name="我同意，开始人脸核验").click()
    own.get_by_role("button", name="模拟通过").click()
    expect(own.get_by_role("heading", level=1)).to_contain_text("已同意")

    answer = demo_server.scan(family.show(page, demo_server, teen["name"], mother["pin"]), biz_no="teen-1").json()
    assert (answer["code"], answer["data"]["extData"]["shownBy"]) == (0, "family")
