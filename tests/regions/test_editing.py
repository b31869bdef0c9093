"""Staff write regions, offices and numbers: what is refused, and what stays of what was."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.regions import queries, service
from app.regions.models import Hotline, RegionLevel
from app.regions.phone_number import NoPhoneNumber, parse_phone

BY = "staff:1"


@pytest.fixture
def loaded(app: Flask) -> Flask:
    service.load_regions()
    return app


def hotline_of(slug: str) -> Hotline:
    return queries.get_agency(slug).hotlines[0]


def tags() -> list[str]:
    return list(db.session.scalars(select(AuditRow.tag).where(AuditRow.actor == BY).order_by(AuditRow.id)))


def test_a_number_is_read_in_any_spelling(subtests: pytest.Subtests) -> None:
    for written in (
        "0838-2208900",
        "(0838)2208900",
        "（０８３８）２２０８９００",
        "+86 838 2208900",
        "0086 0838 2208900",
        "0838 220 8900",
        "0838–2208900",
    ):
        with subtests.test(written=written):
            assert parse_phone(written) == "0838-2208900"


def test_numbers_without_an_area_code_are_numbers_too(subtests: pytest.Subtests) -> None:
    for written, phone in (
        ("12393", "12393"),
        ("400 1234567", "400-123-4567"),
        ("+86 138-0000-0000", "13800000000"),
        ("010 88887777", "010-88887777"),
    ):
        with subtests.test(written=written, phone=phone):
            assert parse_phone(written) == phone


def test_what_cannot_be_dialled_is_no_number(subtests: pytest.Subtests) -> None:
    for written in ("", "电话", "0838", "0838-1208900", "00000000000", "0838-2208900转3", "1" * 5000, "<b>12393</b>"):
        with subtests.test(written=written), pytest.raises(NoPhoneNumber):
            parse_phone(written)


def test_a_region_is_added_renamed_and_retired_and_old_data_keeps_it(loaded: Flask) -> None:
    service.add_region("510685", "新设区", RegionLevel.county, "510600", is_insured=True, by=BY)
    service.change_region("510685", "高新区", is_insured=True, by=BY)
    assert "高新区" in [r.name for r in queries.list_insured_regions()]

    service.retire_region("510685", by=BY)

    assert "510685" not in [r.code for r in queries.list_insured_regions()]
    assert "510685" in [r.code for r in queries.list_insured_regions(with_retired=True)]
    assert queries.get_region("510685").name == "高新区"
    assert tags() == ["region:added", "region:changed", "region:retired"]

    service.restore_region("510685", by=BY)
    assert queries.get_region("510685").may_be_chosen


def test_a_region_that_cannot_be_is_refused_at_its_field(subtests: pytest.Subtests, loaded: Flask) -> None:
    for code, level, parent, field in (
        ("51068", RegionLevel.county, "510600", "code"),
        ("５10685", RegionLevel.county, "510600", "code"),
        ("990000", RegionLevel.county, "510600", "code"),
        ("510685", RegionLevel.pool, "510600", "code"),
        ("510798", RegionLevel.county, "", "parent"),
        ("510685", RegionLevel.county, "610100", "parent"),
        ("510685", RegionLevel.county, "510603", "parent"),
        ("510603", RegionLevel.county, "510600", "code"),
    ):
        with subtests.test(code=code, level=level, parent=parent, field=field):
            with pytest.raises(DomainError) as refused:
                service.add_region(code, "某地", level, parent, is_insured=True, by=BY)

            assert refused.value.field == field


def test_loading_the_files_again_keeps_what_staff_wrote(loaded: Flask) -> None:
    service.change_region("510603", "旌阳", is_insured=True, by=BY)
    service.retire_region("510623", by=BY)

    service.load_regions()

    assert queries.get_region("510603").name == "旌阳"
    assert not queries.get_region("510623").may_be_chosen


def test_an_office_is_added_ordered_and_retired(loaded: Flask) -> None:
    office = service.add_agency("gaoxin", "高新区医保", "", "510600", by=BY)
    service.add_hotline(office.id, "0838 2200001", "窗口", "本局", is_checked=True, by=BY)
    service.move_agency(office.id, up=True, by=BY)
    assert [a.slug for a in queries.list_agencies()][-2:] == ["gaoxin", "zhongjiang"]

    service.retire_agency(office.id, by=BY)

    assert "gaoxin" not in [a.slug for a in queries.list_agencies()]
    assert all(h.agency_id != office.id for h in queries.hotlines_for("510699"))
    service.restore_agency(office.id, by=BY)
    assert queries.find_agency("gaoxin") in queries.list_agencies()


def test_an_office_that_cannot_be_is_refused_at_its_field(subtests: pytest.Subtests, loaded: Flask) -> None:
    for slug, name, region, parent, field in (
        ("jingyang", "另一个", "510603", "", "slug"),
        ("Jing Yang", "另一个", "510603", "", "slug"),
        ("x" * 41, "另一个", "510603", "", "slug"),
        ("new", "  ", "510603", "", "name"),
        ("new", "长" * 61, "510603", "", "name"),
        ("new", "另一个", "510600", "", "region"),
        ("new", "另一个", "", "", "parent"),
        ("new", "另一个", "510603", "610100", "parent"),
    ):
        with subtests.test(slug=slug, name=name, region=region, parent=parent, field=field):
            with pytest.raises(DomainError) as refused:
                service.add_agency(slug, name, region, parent, by=BY)

            assert refused.value.field == field


def test_there_is_always_a_region_left_to_choose(loaded: Flask) -> None:
    *others, last = [region.code for region in queries.list_insured_regions()]
    for code in others:
        service.retire_region(code, by=BY)

    with pytest.raises(DomainError, match="last_region"):
        service.retire_region(last, by=BY)
    with pytest.raises(DomainError, match="last_region"):
        service.change_region(last, "改名", is_insured=False, by=BY)

    service.restore_region(others[0], by=BY)
    assert service.retire_region(last, by=BY).retired_at is not None


def test_there_is_always_a_number_left_to_call(loaded: Flask) -> None:
    for agency in queries.list_agencies()[1:]:
        service.retire_agency(agency.id, by=BY)
    only = hotline_of("deyang")

    with pytest.raises(DomainError, match="last_agency"):
        service.retire_agency(only.agency_id, by=BY)
    with pytest.raises(DomainError, match="last_hotline"):
        service.remove_hotline(only.id, by=BY)


def test_another_number_is_unchecked_until_somebody_has_rung_it(loaded: Flask) -> None:
    line = service.note_hotline_rung(hotline_of("deyang").id, by=BY)
    assert line.last_checked == clock.today()

    service.correct_hotline(line.id, "0838-2208901", "咨询电话", "", is_checked=False, by=BY)
    assert hotline_of("deyang").last_checked is None

    service.correct_hotline(line.id, "0838-2208901", "窗口", "", is_checked=True, by=BY)
    assert (hotline_of("deyang").last_checked, hotline_of("deyang").label) == (clock.today(), "窗口")


def test_numbers_nobody_rang_for_ninety_days_are_listed(loaded: Flask) -> None:
    for agency in queries.list_agencies():
        service.check_hotline(agency.slug)
    assert queries.list_unchecked_hotlines() == []

    clock.move(timedelta(days=90))
    assert queries.list_unchecked_hotlines() == []
    clock.move(timedelta(days=1))

    assert len(queries.list_unchecked_hotlines()) == 8
    service.retire_agency(queries.get_agency("jingyang").id, by=BY)
    assert len(queries.list_unchecked_hotlines()) == 7


def test_the_first_number_of_an_office_is_the_one_on_every_page(loaded: Flask) -> None:
    office = queries.get_agency("jingyang")
    second = service.add_hotline(office.id, "0838-2551710", "", "", is_checked=True, by=BY)

    service.move_hotline(second.id, up=True, by=BY)

    assert queries.hotlines_for("510603")[0].phone == "0838-2551710"
    with pytest.raises(DomainError, match="phone_twice"):
        service.add_hotline(office.id, "(0838) 2551710", "", "", is_checked=True, by=BY)


def test_an_office_moves_to_another_region_and_keeps_its_short_name(loaded: Flask) -> None:
    office = queries.get_agency("guanghan")

    service.change_agency(office.id, " 广汉市 医保 ", "510699", "", by=BY)

    found = queries.get_agency("guanghan")
    assert (found.name, found.region_code, found.parent_region_code) == ("广汉市 医保", "510699", "510600")
    assert tags() == ["agency:changed"]


def test_an_office_of_a_retired_region_keeps_it_and_no_other_office_gets_it(loaded: Flask) -> None:
    service.retire_region("510681", by="system")
    office = queries.get_agency("guanghan")

    service.change_agency(office.id, "广汉医保", "510681", "", by=BY)
    with pytest.raises(DomainError, match="no_region") as refused:
        service.change_agency(queries.get_agency("jingyang").id, "旌阳医保", "510681", "", by=BY)

    assert refused.value.field == "region"
    assert (queries.get_agency("guanghan").region_code, queries.get_agency("jingyang").region_code) == ("510681", "510603")
    assert tags() == ["agency:changed"]


def test_retiring_twice_and_moving_past_an_end_change_nothing(loaded: Flask) -> None:
    first, *_others, last = queries.list_agencies()
    service.move_agency(first.id, up=True, by=BY)
    service.move_agency(last.id, up=False, by=BY)
    service.retire_agency(last.id, by=BY)
    clock.move(timedelta(hours=1))
    service.retire_agency(last.id, by=BY)

    assert last.retired_at == clock.now() - timedelta(hours=1) and tags() == ["agency:retired"]
    assert [office.id for office in queries.list_agencies(with_retired=True)][:: len(_others) + 1] == [first.id, last.id]


def test_a_corrected_label_does_not_make_a_rung_number_unchecked(loaded: Flask) -> None:
    line = service.note_hotline_rung(hotline_of("deyang").id, by=BY)

    service.correct_hotline(line.id, line.phone, "窗口", "", is_checked=False, by=BY)

    assert (hotline_of("deyang").last_checked, hotline_of("deyang").label) == (clock.today(), "窗口")


def test_an_operator_gives_a_number_to_an_office_that_had_none_and_none_twice(loaded: Flask) -> None:
    office = service.add_agency("gaoxin", "高新区医保", "", "510600", by=BY)

    service.change_hotline("gaoxin", "0838 2200001")
    assert [(line.phone, line.last_checked) for line in queries.get_agency("gaoxin").hotlines] == [("0838-2200001", clock.today())]

    service.add_hotline(office.id, "0838-2200002", "", "", is_checked=True, by=BY)
    with pytest.raises(DomainError, match="phone_twice"):
        service.change_hotline("gaoxin", "(0838) 2200002")
    assert [line.phone for line in queries.get_agency("gaoxin").hotlines] == ["0838-2200001", "0838-2200002"]


def test_an_office_has_ten_numbers_at_most_and_each_a_short_source(loaded: Flask) -> None:
    office = service.add_agency("gaoxin", "高新区医保", "", "510600", by=BY)
    for n in range(10):
        service.add_hotline(office.id, f"0838-220000{n}", "", "源" * 120, is_checked=False, by=BY)

    with pytest.raises(DomainError, match="too_many") as many:
        service.add_hotline(office.id, "0838-2200010", "", "", is_checked=False, by=BY)
    with pytest.raises(DomainError, match="too_long") as long:
        service.correct_hotline(hotline_of("gaoxin").id, "0838-2200000", "", "源" * 121, is_checked=False, by=BY)

    assert (many.value.field, many.value.status, long.value.field) == ("phone", 409, "source")
    assert len(queries.get_agency("gaoxin").hotlines) == 10 and len(hotline_of("gaoxin").source) == 120
