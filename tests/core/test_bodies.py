"""Each address takes a body as large as the list says, and not a byte more."""

from flask import Flask

from app.core import bodies
from app.core.proxy.nginx import list_bodies
from app.core.settings import settings
from app.staff.models import Role
from tests.kit.client import Browser
from tests.kit.staff import staff_browser
from tests.kit.visitors import activated_browser
from tests.scanning.desk import make_desk

MULTIPART = "multipart/form-data; boundary=pz"


def is_too_large(browser: Browser, path: str, said: int) -> bool:
    """Whether a form that says it is so long is refused for that; nothing of it comes."""
    answer = browser.http.post(path, content_type=MULTIPART, environ_overrides={"CONTENT_LENGTH": str(said)})
    return answer.status_code == 413


def test_those_in_the_list_are_kept_to_by_their_views(app: Flask) -> None:
    may_send = {
        "/documents": activated_browser(app),
        "/bureau/roster/uploads": staff_browser(app, [Role.sysadmin]),
        "/sign-in": Browser(app),
    }
    limits = {body.path: body.largest for body in list_bodies(app, settings)} | {"/sign-in": bodies.ORDINARY}

    kept = {path: [is_too_large(browser, path, limits[path] + more) for more in (0, 1)] for path, browser in may_send.items()}

    assert kept == {path: [False, True] for path in may_send}
    assert set(limits) == {*may_send, "/api/v1/"}


def test_the_api_reads_as_much_as_the_list_says(app: Flask) -> None:
    desk = make_desk(app)
    (limit,) = (body.largest for body in list_bodies(app, settings) if body.path == "/api/v1/")

    for size, reason in ((limit, "body_invalid"), (limit + 1, "too_large")):
        answer = desk.send(b"{" + b" " * (size - 1))
        assert answer.get_json()["reason"] == reason
