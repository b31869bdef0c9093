"""What strangers send is read in time that grows as it does. Tried in every way, a pattern would keep these tests for days."""

import pytest

from app.documents.jpeg_scans import MOST_SCANS, has_too_many_scans
from app.roster.columns import WrongColumns, match_columns
from app.scanning.json_body import is_json_type

_SCAN = b"\xff\xda\x00\x02"


@pytest.mark.parametrize("tail", [b"\xff" * 12_000_000, b"\xff\x00" * 6_000_000], ids=["fill bytes", "bytes of a scan"])
def test_scans_of_a_photo_with_megabytes_that_say_nothing(tail: bytes) -> None:
    assert not has_too_many_scans(b"\xff\xd8" + _SCAN + tail)
    assert has_too_many_scans(b"\xff\xd8" + _SCAN + tail + _SCAN * MOST_SCANS)


def test_fill_bytes_before_a_marker_hide_no_scan() -> None:
    assert has_too_many_scans(b"\xff\xd8" + (b"\xff\xff\xff" + _SCAN) * (MOST_SCANS + 1))


@pytest.mark.parametrize("header", ["(必" * 20_000, "(必" * 20_000 + ")", "必" * 20_000 + ")", "(" * 20_000 + ")"])
def test_a_header_of_thousands_of_brackets(header: str) -> None:
    with pytest.raises(WrongColumns):
        match_columns([header, "姓名"])


@pytest.mark.parametrize("head", ["application/json", "application/json;", "application/json; charset=utf-8"])
def test_a_media_type_full_of_blanks(head: str) -> None:
    assert not is_json_type(head + " " * 1_000_000 + "x", "")
    assert is_json_type(f"{head} \t ", "")
