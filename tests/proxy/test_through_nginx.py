"""What passes the proxy and what does not, on the file this program writes."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser as Chromium

from tests.kit.chromium import phone
from tests.kit.ports import free_port
from tests.kit.roster import HEADER
from tests.proxy.house import House
from tests.proxy.visitor import Visitor

Visit = Callable[..., Visitor]
SCAN = "/api/v1/ec/query"
MEGABYTE = 1 << 20
ROOT = Path(__file__).parents[2]


def test_nginx_runs_here_on_the_file_that_is_copied(house: House) -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()

    assert common(house.site) == common(shipped)


def common(site: str) -> list[str]:
    """Without the lines a house changes."""
    return [line for line in site.splitlines() if "# yours" not in line and not line.strip().startswith("listen ")]


def roster_of(rows: int) -> str:
    return HEADER + "".join(f"01,510603{number:012d},王芳,510603,310,1\n" for number in range(rows))


def test_a_roster_of_30_000_rows_arrives_with_script_and_without(house: House, visit: Visit, chromium: Chromium) -> None:
    keeper, content = visit(), roster_of(30_000).encode()
    keeper.sign_in_staff("sysadmin")
    cookies = [{"name": name, "value": value, "url": house.base_url} for name, value in keeper.http.cookies.items()]
    file = {"name": "名册.csv", "mimeType": "text/csv", "buffer": content}
    arrived = []

    for has_script in (True, False):
        with phone(chromium, java_script_enabled=has_script, ignore_https_errors=True, service_workers="block") as context:
            context.add_cookies(cookies)
            page = context.new_page()
            page.goto(f"{house.base_url}/bureau/roster")
            page.get_by_label("名册文件").set_input_files(file)
            page.get_by_role("button", name="上传并核对").click()
            page.wait_for_url("**/bureau/reports/*")
            arrived.append(page.url)

    assert len(content) > MEGABYTE
    assert len(set(arrived)) == 2


def test_a_face_check_leads_back_to_https_and_on(house: House, visit: Visit) -> None:
    citizen, person = visit(), house.server.citizen("worker")
    citizen.sign_in(person["phone"])
    citizen.get("/activation")
    said = {name: person[name] for name in ("name", "cert_type", "cert_no")}
    citizen.post("/activation/person", {**said, "region": person["insured_region"]})
    ticked = [node.attrs["name"] for node in citizen.nodes if node.attrs.get("type") == "checkbox"]
    citizen.post("/activation/consent", dict.fromkeys(ticked, "y"))

    sent = citizen.http.post("/activation/face-check", data={"csrf_token": citizen.token()}, headers=citizen.said())
    check = house.faces.last()
    check.state = "passed"
    back = citizen.get(check.return_url)

    assert sent.status_code == 303 and sent.headers["Location"].startswith(house.faces.url)
    assert check.return_url.startswith(f"{house.base_url}/")
    assert back.status_code == 200 and back.url.path == "/activation/pin"


def test_an_institutions_calls_are_answered_as_without_a_proxy(house: House, visit: Visit) -> None:
    known = house.server.institution()
    headers = {"Authorization": f"Bearer {known['key']}"}
    data = {"ecQrCode": "100000000000", "businessType": "01101", "operatorId": "d001", "operatorName": "张医生", "outBizNo": "p-1"}
    body = {"orgId": known["fixmedins_code"], "transType": "ec.query", "data": data}
    visitor = visit()

    for sent, status, reason in ((body, 200, "code_malformed"), ({**body, "padding": "1" * 70_000}, 413, "too_large")):
        through = visitor.http.post(SCAN, json=sent, headers=headers)
        straight = httpx.post(house.server.base_url + SCAN, json=sent, headers={**headers, **house.named()}, timeout=30)

        assert without_code(through) == without_code(straight)
        assert (through.status_code, through.json()["reason"]) == (status, reason)


def without_code(answer: httpx.Response) -> dict[str, object]:
    """But its help code, which is another each time."""
    return {name: value for name, value in answer.json().items() if name != "helpCode"}


def test_a_body_that_is_too_large_is_refused_in_the_readers_language(visit: Visit) -> None:
    visitor = visit()
    visitor.get("/sign-in")
    sent = {"step": "code", "phone": "1" * MEGABYTE}

    chinese = visitor.post("/sign-in", sent)
    visitor.http.cookies.set("__Host-never", "sent")
    english = visitor.http.post("/sign-in", data=sent, headers={**visitor.said(), "Accept-Language": "en"})
    in_pieces = visitor.http.post("/sign-in", content=pieces(MEGABYTE + 1), headers=visitor.said())

    assert chinese.status_code == 413 and "发来的内容太大了" in chinese.text
    assert english.status_code == 413 and "too large" in english.text
    assert in_pieces.status_code == 413 and "发来的内容太大了" in in_pieces.text


def pieces(size: int) -> Iterator[bytes]:
    """Without a length said beforehand."""
    yield b"a" * (size // 2)
    yield b"a" * (size - size // 2)


def test_a_forged_address_is_not_believed(visit: Visit) -> None:
    one, other = visit(address="127.0.0.2"), visit(address="127.0.0.3")

    said = [ask_for_code(one, number, {"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(21)]

    assert "太多" not in said[19] and "太多" in said[20]
    assert "太多" not in ask_for_code(other, 50, {})


def ask_for_code(visitor: Visitor, number: int, headers: dict[str, str]) -> str:
    visitor.get("/sign-in")
    data = {"csrf_token": visitor.token(), "phone": f"1390000{number:04d}", "step": "code"}
    return visitor.http.post("/sign-in", data=data, headers={**visitor.said(), **headers}, follow_redirects=True).text


def test_a_forged_host_gets_into_no_address(visit: Visit) -> None:
    visitor = visit()

    assert visitor.http.get("/", headers={"Host": "evil.example"}).status_code == 421
    forged = visitor.http.get("/bureau", headers={"X-Forwarded-Host": "evil.example"}, follow_redirects=False)
    assert forged.status_code == 303 and "evil" not in forged.headers["Location"] + forged.text


def test_plain_http_leads_to_https_and_figures_of_the_machine_stay_inside(house: House, visit: Visit) -> None:
    led = httpx.get(f"{house.plain_urls[house.base_url]}/help?q=1", follow_redirects=False)

    assert led.status_code == 308 and led.headers["Location"] == "https://localhost/help?q=1"
    assert visit().http.get("/metrics").status_code == 404
    assert httpx.get(f"{house.server.base_url}/metrics").status_code == 200
    assert httpx.get(f"{house.server.base_url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401


def test_each_answer_says_https_once_and_those_of_nginx_too(visit: Visit) -> None:
    http = visit().http
    answers = [
        *(http.get(path) for path in ("/", "/sw.js", "/api/v1/nothing", "/metrics", "/no-such-page")),
        http.get("/", headers={"Host": "evil.example"}),
    ]

    said = [answer.headers.get_list("Strict-Transport-Security") for answer in answers]

    assert said == [["max-age=31536000; includeSubDomains"]] * 6


def test_a_static_file_comes_as_it_was_packed(house: House, visit: Visit) -> None:
    page = visit().get("/sign-in").text
    address = page[page.index("/static/") :].partition('"')[0]

    through = visit().http.get(address)
    straight = httpx.get(house.server.base_url + address, headers=house.named())

    assert hashlib.sha256(through.content).digest() == hashlib.sha256(straight.content).digest()
    assert through.headers["Content-Encoding"] == straight.headers["Content-Encoding"] == "gzip"
    assert "immutable" in through.headers["Cache-Control"]


def test_while_the_program_is_away_a_citizen_reads_a_sentence(house: House, visit: Visit) -> None:
    with house.behind(None, upstream=free_port()) as address:
        answer = visit(address).http.get("/")

    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert "现在连不上医保局的系统" in answer.text
