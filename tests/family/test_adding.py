"""添加家庭成员, from the first screen to the link."""

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import ConsentPurpose
from app.accounts.queries import has_consent, list_consents
from app.core import clock
from app.credentials.models import CredentialKind
from app.credentials.queries import find_credential_of
from app.credentials.service import list_showables
from app.family.models import LinkState, RequestState, Way
from app.family.queries import find_draft
from app.proofs.service import issue_counter_code
from tests.family.story import (
    account_of,
    add_by_face,
    begin,
    boxes,
    choose_way,
    enrol,
    hand_in_child,
    holder,
    links,
    newest_request,
    number,
    press,
    say_whom,
    send_page,
    titles,
    years_ago,
)
from tests.kit.visitors import signed_in_browser

pytestmark = pytest.mark.one_database

FATHER = "19501105"


def test_a_father_beside_one_agrees_with_his_face(app: Flask) -> None:
    father = enrol(FATHER, "李大山")
    browser = holder(app)

    page = add_by_face(browser, FATHER, "father", name="李大山")

    credential = find_credential_of(father.id)
    assert "已添加" in page.text
    assert credential is not None
    assert credential.kind is CredentialKind.held
    assert [(link.way, link.state, link.slot) for link in links()] == [(Way.face, LinkState.active, 1)]
    assert has_consent(father.id, ConsentPurpose.family_authorisation)
    shown = list_showables(account_of())
    assert [(each.label, each.name, each.shown_by, each.colour) for each in shown[1:]] == [("父亲", "李大山", "family", 1)]
    assert browser.get("/family").one("a", href=f"/code/{credential.id}").text.startswith("父")
    assert "出示 李大山 的医保码" in browser.page.html
    assert any("已添加" in title for title in titles(account_of()))


def test_a_face_that_fails_adds_nobody_and_other_ways_stay_open(app: Flask) -> None:
    enrol(FATHER, "李大山")
    browser = holder(app)
    begin(browser)
    say_whom(browser, FATHER, "father", name="李大山")
    browser.post("/family/new/face", boxes(choose_way(browser, "face")))

    page = press(browser, "failed")

    assert "没有通过" in page.text
    assert links() == []
    page = choose_way(browser, "counter_code")
    assert "窗口核验码" in page.text


def test_the_counter_code_of_the_member_is_of_equal_rank(app: Flask) -> None:
    father = enrol(FATHER, "李大山")
    code = issue_counter_code(father, "staff:1")
    browser = holder(app)
    begin(browser)
    say_whom(browser, FATHER, "father", name="李大山")
    page = choose_way(browser, "counter_code")

    wrong = browser.post("/family/new/counter-code", {**boxes(page), "code": f"{(int(code) + 1) % 10**8:08d}"}, expect=422)
    page = browser.post("/family/new/counter-code", {**boxes(wrong), "code": code})

    assert "已添加" in page.text
    assert [link.way for link in links()] == [Way.counter_code]


def test_boxes_are_never_ticked_beforehand_and_each_is_needed(app: Flask) -> None:
    browser = holder(app)

    page = browser.get("/family/new")
    assert [node for node in page.all("input", type="checkbox") if "checked" in node.attrs] == []
    page = browser.post("/family/new", {"pin": "739154"}, expect=422)

    assert "要同意这一项才能继续" in page.text
    assert "第 1 步,共 5 步" in page.text


def test_a_wrong_pin_opens_nothing(app: Flask) -> None:
    browser = holder(app)

    page = begin(browser, "000001", expect=422)

    assert "展码密码不对" in page.text
    assert browser.get("/family/new/member").response.request.path == "/family/new"


def test_the_step_up_is_asked_for_again_after_half_an_hour_and_nothing_typed_is_lost(app: Flask) -> None:
    enrol(FATHER, "李大山")
    browser = holder(app)
    begin(browser)
    say_whom(browser, FATHER, "father", name="李大山")
    clock.move(timedelta(minutes=31))
    page = browser.get("/family/new/way")
    assert page.response.request.path == "/family/new"
    page = browser.post("/family/new", {"pin": "739154"})

    assert page.response.request.path == "/family/new/way"


def test_who_cannot_be_is_told_so_and_keeps_what_was_typed(subtests: pytest.Subtests, app: Flask) -> None:
    for each, sequence in (("20180105", 1), ("19920105", 1), ("20100105", 2)):
        enrol(each, sequence=sequence)
    browser = holder(app)

    for born, relation, changes, sentence in (
        ("19900307", "brother", {"name": "李明"}, "您填的是您自己"),
        ("19500101", "father", {"name": "没有人"}, "没有找到"),
        ("20180105", "father", {}, "年龄对不上"),
        ("19920105", "son", {}, "年龄对不上"),
        ("20180105", "daughter", {}, "性别对不上"),
        ("20100105", "spouse", {"sequence": 2}, "年龄对不上"),
    ):
        with subtests.test(born=born, relation=relation, changes=changes, sentence=sentence):
            begin(browser)

            page = say_whom(browser, born, relation, expect=422, **changes)

            assert sentence in page.text
            assert page.one("input", name="cert_no").attrs["value"] == number(born, int(changes.get("sequence", 1)))


def test_another_region_is_shown_and_only_confirmed(app: Flask) -> None:
    enrol(FATHER, "李大山")
    browser = holder(app)
    begin(browser)

    page = say_whom(browser, FATHER, "father", name="李大山", region="510604", expect=422)

    assert "这位家人的参保地登记的是旌阳区" in page.text
    assert page.one("option", value="510603", selected="").text == "旌阳区"
    assert say_whom(browser, FATHER, "father", name="李大山").response.request.path == "/family/new/way"


def test_a_child_of_eight_comes_by_papers_letter_and_review(app: Flask) -> None:
    today = clock.today()
    born = f"{today.year - 8}0105"
    child = enrol(born)
    browser = holder(app)

    asked = hand_in_child(browser, born)

    assert asked.state is RequestState.waiting_review
    assert browser.page is not None
    assert "审核员会在" in browser.page.text
    guardian = [c for c in list_consents(account_of().id) if c.notice.purpose is ConsentPurpose.guardian_under_14]
    assert [(c.person_id, c.given_by) for c in guardian] == [(child.id, "guardian")]
    assert find_draft(account_of().id) is None


def test_papers_without_proof_of_kinship_are_not_enough(app: Flask) -> None:
    born = f"{clock.today().year - 8}0105"
    enrol(born)
    browser = holder(app)
    begin(browser)
    say_whom(browser, born, "son")

    page = browser.post("/family/new/papers", boxes(browser.get("/family/new/papers")))

    assert "还没有证明关系的材料" in page.text
    assert browser.get("/family/new/submission").response.request.path == "/family/new/papers"


def test_someone_added_or_asked_for_already_is_said_so(app: Flask) -> None:
    enrol(FATHER, "李大山")
    browser = holder(app)
    add_by_face(browser, FATHER, "father", name="李大山")

    begin(browser)
    page = say_whom(browser, FATHER, "father", name="李大山", expect=409)

    assert "已经添加过了" in page.text
    assert newest_request().state is RequestState.draft


def test_without_a_code_of_ones_own_nobody_is_added(app: Flask) -> None:
    browser = signed_in_browser(app, "13800000019")

    assert "先激活您本人的医保码" in browser.get("/family").text
    browser.get("/family/new", expect=403)


def test_at_sixteen_papers_are_one_way_among_others(app: Flask) -> None:
    born = f"{clock.today().year - 16}0105"
    enrol(born)
    browser = holder(app)
    begin(browser)
    page = say_whom(browser, born, "son")
    assert {"face", "own_phone", "documents"} <= {n.attrs["value"] for n in page.all("input", type="radio")}

    page = choose_way(browser, "documents")
    assert "第 4 步,共 6 步" in page.text
    page = browser.post("/family/new/papers", boxes(page))
    send_page(browser, page.all("input", name="subject")[0].attrs["value"], "birth_certificate")
    page = browser.get("/family/new/letter")

    assert "第 5 步,共 6 步" in page.text


def test_who_names_another_child_agrees_and_signs_anew(app: Flask) -> None:
    born = years_ago(8, clock.today())
    enrol(born)
    enrol(born, "李小满", sequence=3)
    browser = holder(app)
    begin(browser)
    say_whom(browser, born, "son")
    browser.post("/family/new/papers", boxes(browser.get("/family/new/papers")))
    send_page(browser, newest_request().subject, "birth_certificate")
    letter = browser.get("/family/new/letter")
    browser.post(letter.response.request.path + "/signature", {"kind": "typed", "typed_name": "李明"})

    say_whom(browser, born, "son", name="李小满", sequence=3)

    page = browser.get("/family/new/submission")
    assert page.response.request.path == "/family/new/papers"
    browser.post("/family/new/papers", boxes(page))
    assert "承诺书还没有签名" in browser.get("/family/new/submission").text
    browser.post("/family/new/submission", expect=422)
    assert newest_request().state is RequestState.draft
    letter = browser.get("/family/new/letter")
    assert "李小满" in letter.text
    browser.post(letter.response.request.path + "/signature", {"kind": "typed", "typed_name": "李明"})
    browser.post("/family/new/submission")
    assert newest_request().state is RequestState.waiting_review
