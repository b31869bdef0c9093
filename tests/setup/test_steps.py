"""Each step of setting up a bureau refuses what cannot be right, and leaves nothing half done."""

from collections.abc import Callable, Sequence

import click
import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.core import installation
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.regions.models import Region
from app.regions.queries import list_insured_regions
from app.setup import service
from app.setup.service import FirstMember, Step
from app.staff.models import Role
from app.staff.queries import list_staff
from tests.kit.settings import make_settings

HEADER = "code,name,level,parent_code,is_insured_region\n"
PROVINCE = "510000,四川省,province,,0\n"
POSTS = (
    FirstMember("xitong", "王系统", frozenset({Role.sysadmin})),
    FirstMember("anquan", "李安全", frozenset({Role.secadmin})),
    FirstMember("shenji", "赵审计", frozenset({Role.auditadmin})),
)


def refusal_of(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refused:
        act()
    db.session.rollback()
    return refused.value


def add_all_but_staff() -> None:
    service.name_bureau("德阳市医疗保障局")
    service.choose_regions(["510600"])
    service.add_office("deyang", "德阳市本级医保", "510699", "0838-2208900")


def test_names_and_numbers_have_sixty_characters_at_most(app: Flask, subtests: pytest.Subtests) -> None:
    for field, given in (("name", ("局" * 61,)), ("icp", ("局", "1" * 61)), ("police", ("局", "", "1" * 61))):
        with subtests.test(field):
            refused = refusal_of(lambda given=given: service.name_bureau(*given))

            assert (refused.code, refused.field) == ("too_long", field) and service.next_step() is Step.bureau
    service.name_bureau("局" * 60, "1" * 60, "1" * 60)
    assert service.next_step() is Step.regions


def test_a_wrong_list_of_regions_is_refused_with_its_line_and_taken_in_no_part(app: Flask, subtests: pytest.Subtests) -> None:
    for code, said, rows in (
        ("level", "第 3 行：level 只能是", [PROVINCE, "510600,德阳市,town,510000,1\n"]),
        ("none_insured", "没有一行可以选作参保地", [PROVINCE, "510600,德阳市,city,510000,0\n"]),
        ("too_many", "最多 4000 行", [PROVINCE] * 4001),
    ):
        with subtests.test(code):
            refused = refusal_of(lambda rows=rows: service.read_regions(HEADER + "".join(rows)))

            assert (refused.code, refused.field) == (code, "file") and said in refused.what
            assert db.session.scalars(select(Region.code)).all() == []
    assert service.read_regions(HEADER + PROVINCE + "510600,德阳市,city,510000,1\n") == 1
    assert [region.code for region in list_insured_regions()] == ["510600"]


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("posts_missing", POSTS[:2]),
        ("username_taken", (*POSTS[:2], FirstMember(" Anquan", "赵审计", frozenset({Role.auditadmin})))),
    ],
    ids=["a post nobody has", "one name for two"],
)
def test_first_members_who_cannot_be_added_together_are_not_added_at_all(
    app: Flask, code: str, members: Sequence[FirstMember]
) -> None:
    add_all_but_staff()

    refused = refusal_of(lambda: service.add_first_staff(members, "deyang"))

    assert refused.code == code and list_staff() == [] and service.next_step() is Step.staff


def test_without_a_code_file_no_code_is_right(app: Flask) -> None:
    code = service.write_code()
    before = service.is_code(code)
    installation.code_path().unlink()

    assert before and not service.is_code(code) and not service.is_code("")


def test_a_bureau_is_not_opened_under_other_secrets_than_it_was_set_up_with(app: Flask) -> None:
    add_all_but_staff()
    service.add_first_staff(POSTS, "deyang")
    service.write_code()
    db.session.remove()
    made = make_settings(
        database_url=settings.database_url, instance_path=settings.instance_path, audit_key="Aa4Xz7Lk2Vb9Ty1Rw6Np3Hs8Gd5Jf0Cc-"
    )
    with click.Context(click.Command("keys"), info_name="keys"):
        other = create_app(made)

    with other.app_context():
        refused = refusal_of(service.open_bureau)

        assert (refused.code, refused.status) == ("secrets_do_not_fit", 409) and "AUDIT_KEY" in refused.what
        assert installation.find_kind() is None and installation.code_path().exists()
        db.session.remove()
        db.engine.dispose()
    service.open_bureau()
    assert installation.find_kind() is not None and not installation.code_path().exists()
