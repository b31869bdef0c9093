"""The proxy's file and its part of the documents are what the program writes: `flask proxy document` brings them up to date."""

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from app.core import bodies
from app.core.proxy import needs
from app.core.proxy.chapter import put_into, write_chapter
from app.core.proxy.nginx import Site, list_bodies, write_nginx
from app.documents.service import PIECE_BYTES
from app.scanning.reasons import BY_NAME
from tests.kit.nginx import EXECUTABLE, make_certificate
from tests.kit.settings import make_settings

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("house")))


def test_the_file_for_nginx_is_what_the_program_writes(unserved: Flask) -> None:
    assert (ROOT / "deploy/nginx.conf").read_text() == write_nginx(unserved, Settings(), Site())


def test_the_documents_list_is_what_the_program_writes(unserved: Flask) -> None:
    operations = (ROOT / "docs/operations.md").read_text()

    assert operations == put_into(operations, write_chapter(unserved, Settings()))


def test_every_view_that_changes_the_limit_is_in_the_list(unserved: Flask) -> None:
    setters = [path for path in APP.rglob("*.py") if "max_content_length =" in path.read_text()]

    assert {path.relative_to(ROOT).as_posix() for path in setters} == {
        "app/roster/upload_stream.py",
        "app/documents/routes/pages.py",
    }
    assert unserved.config["MAX_CONTENT_LENGTH"] == bodies.ORDINARY
    assert {limit.endpoint for limit in bodies.declared(unserved)} == {
        "api",
        "bureau.create_roster_upload",
        "documents.create_pages",
    }


def test_what_is_closed_is_an_address_of_ours(unserved: Flask) -> None:
    assert set(needs.CLOSED) <= {rule.rule for rule in unserved.url_map.iter_rules()}


def test_gunicorn_waits_as_long_as_the_proxy() -> None:
    text = (ROOT / "gunicorn.conf.py").read_text()

    assert "timeout = needs.ANSWER_SECONDS" in text and "keepalive = needs.IDLE_SECONDS" in text
    assert Settings().request_head_seconds == needs.HEAD_SECONDS
    assert Settings().request_pause_seconds == needs.ANSWER_SECONDS


def test_no_sentence_or_script_knows_another_limit_than_the_list() -> None:
    said = f"{Settings().api_max_bytes // 1024} KB"

    assert said in BY_NAME["too_large"].message
    for text in (ROOT / "app/help/content").glob("*/reason/59.md"):
        assert said in text.read_text()
    assert PIECE_BYTES < bodies.ORDINARY


def test_a_server_that_knows_no_views_finds_the_same_limits(unserved: Flask) -> None:
    largest = bodies.largest_by_path(unserved, Settings())

    for limit in list_bodies(unserved, Settings()):
        assert largest(limit.path) == limit.largest
    assert largest("/api/v1/ec/query") == Settings().api_max_bytes
    assert largest("/documents/7/removal") == largest("/nowhere") == bodies.ORDINARY


@pytest.mark.parametrize("name", ["a b", "x; return 200", "$host", "a{"])
def test_nothing_is_written_that_begins_another_line(unserved: Flask, name: str) -> None:
    ended = unserved.test_cli_runner().invoke(args=["proxy", "nginx", "--server-name", name])

    assert ended.exit_code == 2 and "is no name, address or path" in ended.output


def test_the_file_for_several_names_and_another_limit_is_good(unserved: Flask, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    site = Site(names=("ybm.example.cn", "yb.example.cn"), certificate=str(certificate), certificate_key=str(key))
    (tmp_path / "site.conf").write_text(write_nginx(unserved, Settings(roster_max_megabytes=7), site))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}")

    said = subprocess.run(
        [EXECUTABLE, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "syntax is ok" in said.stderr, said.stderr
    assert "client_max_body_size 8388608;" in (tmp_path / "site.conf").read_text()
