"""The main journeys of a citizen, in the order in which one phone walks them."""

import time

from tests.engines.engine import LANDSCAPE, PORTRAIT
from tests.engines.phone import PATIENCE_S, WaitedInVain
from tests.engines.walking import PERSON, PIN, Journey, Walk, issued_at
from tests.kit.documents import make_photo

PAYING = "02121"
NOTICE_S = 15.0  # the page asks every two seconds in its first minute, and every ten after
PHARMACY = "P51060000001"  # where nobody has been yet: a first use is what the desk asks two digits about
OTHER_HOSPITAL = ("H51060000002", "示范市中医医院")
CHILD = "child"
_SECTION = """var wanted = arguments[0];
var section = [].filter.call(document.querySelectorAll("section.upload"), function (one) {
  return one.querySelector("h2").innerText.trim() === wanted;
})[0];"""
IS_KEPT = """return new Promise(function (resolve) {
  if (!("serviceWorker" in navigator) || !navigator.serviceWorker.controller) return resolve(false);
  caches.match("/offline/code", { ignoreSearch: true }).then(function (kept) {
    if (!kept) return resolve(false);
    var opening = indexedDB.open("pingzheng-wallet");
    opening.onsuccess = function () {
      var stores = [].slice.call(opening.result.objectStoreNames);
      if (!stores.length) { opening.result.close(); return resolve(false); }
      var counting = opening.result.transaction(stores[0]).objectStore(stores[0]).count();
      counting.onsuccess = function () { opening.result.close(); resolve(counting.result > 0); };
    };
    opening.onerror = function () { resolve(false); };
  });
});"""


def sign_in(walk: Walk) -> None:
    phone = walk.phone
    phone.open("/sign-in")
    phone.fill("手机号", walk.server.citizen(PERSON)["phone"])
    phone.press("获取验证码")
    shown = "var sms = document.querySelector('[data-demo-sms]'); return sms && (sms.innerText.match(/\\d{6}/) || [])[0];"
    phone.fill("短信验证码", phone.wait_for(shown))
    phone.press("登录")
    phone.wait_for("return location.pathname.indexOf('/sign-in') < 0 && seen.isSettled();")


def activate(walk: Walk) -> None:
    phone, citizen = walk.phone, walk.server.citizen(PERSON)
    phone.open("/activation")
    phone.fill("姓名", citizen["name"])
    phone.choose("证件类型", citizen["cert_type"])
    phone.fill("证件号码", citizen["cert_no"])
    phone.choose("参保地", citizen["insured_region"])
    phone.lead_on("下一步")
    phone.see("第 2 步,共")
    phone.tick_all()
    phone.lead_on("同意并继续")
    phone.lead_on("开始人脸核验")
    phone.lead_on("模拟通过")
    phone.see("再次输入")
    phone.fill("展码密码", PIN)
    phone.fill("再次输入", PIN)
    phone.press("完成激活")
    phone.code()


def show(walk: Walk) -> None:
    answer = walk.scan(walk.phone.read())
    assert answer["code"] == 0, answer
    assert answer["data"]["userName"] == walk.server.citizen(PERSON)["name"]


def renew(walk: Walk) -> str | None:
    """By itself, twice: the second time is what a page does that was loaded anew."""
    phone = walk.phone
    marked = "document.documentElement.isSame"
    phone.ask(f"{marked} = true;")
    for _ in range(2):
        _await_next(walk, phone.code())
    answer = walk.scan(phone.read())
    assert answer["code"] == 0, answer
    return None if phone.ask(f"return {marked} === true;") else "by loading the page anew"


def _await_next(walk: Walk, old: str) -> None:
    seconds = walk.period_s + 10
    try:
        walk.phone.wait("", lambda: walk.phone.code() != old, seconds=seconds)
    except WaitedInVain:
        raise WaitedInVain(f"no other code within {seconds} s; {walk.phone.page()}") from None


def hear_of_scan(walk: Walk) -> None:
    """At another hospital than the scans before, whose name may still stand there."""
    code, name = OTHER_HOSPITAL
    _new_code(walk)
    answer = walk.scan(walk.phone.read(), institution=code)
    assert answer["code"] == 0, answer
    walk.phone.see(f"已被 {name} 扫描", "不是我", seconds=NOTICE_S)


def match_numbers(walk: Walk) -> str | None:
    phone = walk.phone
    _new_code(walk)
    asked = walk.scan(phone.read(), institution=PHARMACY, business_type=PAYING)
    assert asked["code"] == 1014, asked
    remark = None
    try:
        phone.see("对方要核对两位数字", seconds=12)
        phone.fill("两位数字", str(asked["challenge"]))
    except WaitedInVain:
        phone.open("/code")
        phone.lead_on("输入两位数字")
        phone.fill("对方告诉您的两位数字", str(asked["challenge"]))
        remark = "on a page of its own"
    phone.press("出示给对方")
    phone.wait_for("var code = document.querySelector('[data-code]'); return code && code.dataset.code.slice(0, 2) === '81';")
    answer = walk.scan(phone.read(), institution=PHARMACY, business_type=PAYING)
    assert answer["code"] == 0, answer
    phone.open("/code")
    phone.code()
    return remark


def turn(walk: Walk) -> None:
    """On its side a small screen still shows the whole code, and nothing makes the page wider than the screen."""
    phone = walk.phone
    phone.open("/code")
    try:
        for size in (LANDSCAPE, PORTRAIT):
            phone.engine.turn(size)
            phone.wait_for("return document.documentElement.clientWidth === arguments[0];", size[0])
            phone.read()
            over = phone.ask("var root = document.documentElement; return root.scrollWidth - root.clientWidth;")
            assert over <= 0, f"the page is {over} px wider than a screen of {size[0]}"
    finally:
        phone.engine.turn(PORTRAIT)


def lock(walk: Walk) -> None:
    walk.phone.open("/code")
    walk.phone.code()
    walk.phone.press("锁上")
    walk.phone.see("展码密码")
    walk.phone.wait_for("return seen.isSettled() && !document.querySelector('[data-code]');")


def refuse_pin(walk: Walk) -> None:
    phone = walk.phone
    phone.fill("展码密码", "000001")
    phone.press("出示医保码")
    phone.see("密码不对")
    assert not phone.ask("return !!document.querySelector('[data-code]');")
    _unlock(walk)
    phone.read()


def start_without_network(walk: Walk) -> None:
    phone = walk.phone
    phone.open("/code")
    phone.wait("the page and the keys to be kept", lambda: phone.ask(IS_KEPT))
    walk.cable.pull()
    try:
        phone.open("/code")
        phone.wait("the second after the last scan", lambda: time.time() > walk.last_second + 1)
        _unlock(walk)
        code = phone.read()
    finally:
        walk.cable.plug_in()
    before, drawn = walk.last_second, issued_at(code)
    answer = walk.scan(code)
    assert answer["code"] == 0, f"{answer}, drawn {drawn - before} s after the last scan's code"
    phone.open("/code")
    if not phone.ask("return !!document.querySelector('[data-code]');"):
        _unlock(walk)


def send_papers(walk: Walk) -> None:
    """As far as the letter's page."""
    phone, child = walk.phone, walk.server.citizen(CHILD)
    phone.open("/family")
    phone.lead_on("添加家庭成员")
    phone.tick_all()
    phone.fill("展码密码", PIN)
    phone.lead_on("同意并继续")
    phone.choose("家人是您的", "daughter")
    phone.fill("姓名", child["name"])
    phone.fill("证件号码", child["cert_no"])
    phone.choose("参保地", child["insured_region"])
    phone.lead_on("下一步")
    phone.tick_all()
    phone.lead_on("同意并继续")
    for label in ("申请人的户口本", "家人的户口本"):
        _send_photo(walk, label)


def sign_by_hand(walk: Walk) -> None:
    phone = walk.phone
    phone.lead_on("下一步：签承诺书")
    phone.tick("在屏幕上手写")
    for strokes in ([(0.2, 0.3), (0.4, 0.35), (0.8, 0.3)], [(0.5, 0.1), (0.45, 0.5), (0.5, 0.9)]):
        phone.stroke(".signature-pad", strokes)
    ink = """var pad = document.querySelector('.signature-pad');
    var bytes = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data;
    for (var i = 3; i < bytes.length; i += 4) if (bytes[i]) return true;
    return false;"""
    phone.wait("ink where the finger was", lambda: phone.ask(ink), seconds=5)
    phone.lead_on("签名并继续")
    phone.see("第 5 步,共 5 步")


def change_language(walk: Walk) -> None:
    """And goes on reading at once, while the worker of the other language comes."""
    phone = walk.phone
    for _ in range(walk.rounds):
        for name, word in (("English", "Home"), ("简体", "首页")):
            phone.open("/help")
            phone.lead_on(name)
            for path in ("/services", "/help", "/"):
                phone.open(path)
                phone.wait_for("return seen.isSettled() && document.documentElement.lang.slice(0, 2) === arguments[0];", _tag(name))
                assert phone.sees(word), phone.page()


def report_loss(walk: Walk) -> None:
    phone = walk.phone
    phone.open("/code")
    if not phone.ask("return !!document.querySelector('[data-code]');"):
        _unlock(walk)
    _new_code(walk)
    last = phone.code()
    phone.open("/lost")
    phone.press("立即挂失")
    phone.see("医保码已挂失")
    refused = walk.scan(last)
    assert refused.get("reason") == "credential_frozen", refused


def _tag(name: str) -> str:
    return "en" if name == "English" else "zh"


def _unlock(walk: Walk) -> None:
    phone = walk.phone
    phone.see("展码密码", "出示医保码")
    phone.fill("展码密码", PIN)
    phone.press("出示医保码")
    phone.code()


def _new_code(walk: Walk) -> None:
    """Presses 刷新 until the phone shows another code: codes differ by their second, and one that was scanned is used up."""
    phone, old = walk.phone, walk.phone.code()
    deadline = time.monotonic() + PATIENCE_S
    while phone.code() == old:
        if time.monotonic() > deadline:
            raise WaitedInVain(f"刷新 gives no other code; {phone.page()}")
        phone.press("刷新")
        try:
            phone.wait("another code", lambda: phone.code() != old, seconds=1.5)
        except WaitedInVain:
            continue


def _send_photo(walk: Walk, label: str) -> None:
    phone = walk.phone
    photo = walk.folder / "paper.jpg"
    photo.write_bytes(make_photo(1200, 900))
    field = phone.wait_for(
        f"{_SECTION} return seen.isReady() && section && '#' + section.querySelector('input[type=file]').id;", label
    )
    phone.engine.upload(field, photo)
    phone.wait_for(f"{_SECTION} return !!section.querySelector('[data-checks] p');", label)
    anyway = "仍然发送这一张"
    if phone.sees(anyway):
        phone.press(anyway)
    phone.press(f"发送：{label}", f"发送 ：{label}")
    phone.wait_for(f"{_SECTION} return !!section && section.innerText.indexOf('已收到') >= 0;", label)


JOURNEYS = [
    Journey("sign-in", sign_in, is_needed=True),
    Journey("activation", activate, is_needed=True),
    Journey("show, scan", show),
    Journey("renews by itself", renew),
    Journey("told of the scan", hear_of_scan),
    Journey("number matching", match_numbers),
    Journey("turned on its side", turn, is_short=False),
    Journey("lock", lock),
    Journey("wrong PIN, right PIN", refuse_pin),
    Journey("cold start without network", start_without_network, is_short=False),
    Journey("papers by photo", send_papers, is_short=False),
    Journey("letter by strokes", sign_by_hand, is_short=False),
    Journey("挂失", report_loss, is_short=False),
    Journey("language", change_language, is_short=False),
]
