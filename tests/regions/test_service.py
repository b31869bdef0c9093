from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from app.core import clock
from app.core.errors import NotFound
from app.regions.models import RegionLevel
from app.regions.queries import find_region, get_agency, hotlines_for, list_agencies, list_insured_regions
from app.regions.service import add_hotline, change_hotline, check_hotline, load_regions

EIGHT = {
    "德阳市本级医保": "0838-2208900",
    "德阳经开区医保": "0838-2902803",
    "旌阳区医保": "0838-2551709",
    "罗江区医保": "0838-3120236",
    "广汉市医保": "0838-5225856",
    "什邡市医保": "0838-6064883",
    "绵竹市医保": "0838-6205377",
    "中江县医保": "0838-7250031",
}


@pytest.fixture
def loaded(app: Flask) -> Flask:
    load_regions()
    return app


def names(region_code: str | None) -> list[str]:
    return [hotline.agency.name for hotline in hotlines_for(region_code)]


def test_the_eight_numbers_come_with_the_day_they_were_checked(loaded: Flask) -> None:
    hotlines = {agency.name: agency.hotlines for agency in list_agencies()}

    assert {name: found[0].phone for name, found in hotlines.items()} == EIGHT
    assert {found[0].last_checked for found in hotlines.values()} == {date(2023, 9, 20)}
    assert hotlines["德阳市本级医保"][0].tel == "+868382208900"


def test_loading_again_changes_nothing_and_keeps_what_staff_changed(loaded: Flask) -> None:
    change_hotline("jingyang", "0838-2551710")

    load_regions()

    phones = {agency.slug: [h.phone for h in agency.hotlines] for agency in list_agencies()}
    assert phones["jingyang"] == ["0838-2551710"]
    assert len(phones) == 8


def test_counties_and_pools_may_be_chosen_and_cities_and_provinces_may_not(loaded: Flask) -> None:
    codes = [region.code for region in list_insured_regions()]

    assert {"510699", "510603", "610099", "610199", "610104"} <= set(codes)
    assert not {"510000", "510600", "610000", "610100"} & set(codes)
    assert codes[0] == "510699"
    assert all(r.level in {RegionLevel.county, RegionLevel.pool} for r in list_insured_regions())


def test_every_region_stands_below_one_that_exists(loaded: Flask) -> None:
    for region in list_insured_regions():
        assert region.parent_code
        parent = find_region(region.parent_code)
        assert parent is not None
        assert region.code.startswith(parent.code[:2])


def test_ones_own_office_comes_first_then_the_citys(loaded: Flask) -> None:
    assert names("510603") == ["旌阳区医保", "德阳市本级医保"]
    assert names("510699") == ["德阳市本级医保"]
    assert names("510600") == ["德阳市本级医保"]


def test_there_is_always_somebody_to_call(subtests: pytest.Subtests, loaded: Flask) -> None:
    for code in (None, "", "610104", "610099", "510000", "999999"):
        with subtests.test(code=code):
            assert names(code) == ["德阳市本级医保"]


def test_before_anything_is_loaded_there_is_nobody(app: Flask) -> None:
    assert hotlines_for("510603") == []


def test_a_page_may_name_whom_to_call(loaded: Flask) -> None:
    with loaded.test_request_context():
        assert render_template_string("{{ hotlines_for('510623')[0].phone }}") == "0838-7250031"


def test_a_checked_number_carries_the_day(loaded: Flask) -> None:
    clock.move(timedelta(days=3))

    agency = check_hotline("deyang-jingkai")

    assert agency.hotlines[0].last_checked == clock.today()
    with pytest.raises(NotFound):
        check_hotline("nowhere")


def test_a_bureau_may_load_its_own_files(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text(
        "code,name,level,parent_code,is_insured_region,source\n360000,江西省,province,,0,x\n361199,上饶市本级,pool,360000,1,x\n"
    )
    (tmp_path / "agencies.csv").write_text(
        "slug,name,region_code,parent_region_code,phone,label,last_checked,source\nshangrao,上饶医保,361199,,0793-1234567,,,\n"
    )

    load_regions(tmp_path)

    assert [(h.phone, h.last_checked) for h in hotlines_for("361199")] == [("0793-1234567", None)]


def test_operators_load_list_and_check_from_the_command_line(app: Flask) -> None:
    run = app.test_cli_runner().invoke

    assert "8 offices" in run(args=["regions", "load"]).output
    assert run(args=["regions", "check-hotline", "mianzhu", "--on", "2026-11-20"]).exit_code == 0
    assert "mianzhu\t绵竹市医保\t0838-6205377\t2026-11-20" in run(args=["regions", "hotlines"]).output
    assert run(args=["regions", "check-hotline", "nowhere"]).exit_code == 1
    refused = run(args=["regions", "set-hotline", "mianzhu", "none"])
    assert refused.exit_code == 1 and "write it as 0838-2208900" in refused.output
    assert run(args=["regions", "set-hotline", "mianzhu", "0838-6205378"]).exit_code == 0
    assert "0838-6205378" in run(args=["regions", "hotlines"]).output


def test_the_command_says_when_the_office_has_the_number_already(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    run(args=["regions", "load"])
    add_hotline(get_agency("mianzhu").id, "0838-6205400", "", "", is_checked=True, by="system")

    refused = run(args=["regions", "set-hotline", "mianzhu", "0838-6205400"])

    assert refused.exit_code == 1 and "the office has this number already" in refused.output
