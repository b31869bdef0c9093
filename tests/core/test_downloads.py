"""Names of files in an answer's header, which holds Latin letters only."""

import pytest
from werkzeug.http import parse_options_header

from app.core.downloads import attachment


def test_a_name_arrives_whole_and_fits_a_header(subtests: pytest.Subtests) -> None:
    for name in ("scans.csv", "名册错误.csv", "a b;c.csv", 'say "yes".csv', "㛃.csv"):
        with subtests.test(name=name):
            header = attachment(name)

            header.encode("latin-1")
            kind, options = parse_options_header(header)
            assert (kind, options["filename"]) == ("attachment", name)


def test_a_name_starts_no_header_of_its_own() -> None:
    assert "\n" not in attachment("名\r\nSet-Cookie: x.csv") and "\r" not in attachment("名\r\nSet-Cookie: x.csv")
