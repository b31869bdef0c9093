"""Every roster of the list through the desk: sent, checked, applied."""

import pytest
from flask import Flask

from app.staff.models import Role
from tests.bureau.test_roster import apply, send
from tests.kit.client import Browser
from tests.kit.roster_cases import Case, groups, last_id, name_of, newest_people, require
from tests.kit.staff import staff_browser

pytestmark = pytest.mark.one_database


@pytest.fixture
def desk(app: Flask) -> Browser:
    return staff_browser(app, [Role.sysadmin], username="keeper")


@pytest.mark.parametrize("group", groups(), ids=name_of)
def test_a_roster_of_the_field_is_imported_at_the_desk_or_refused_with_the_reason(
    group: list[Case], desk: Browser, subtests: pytest.Subtests
) -> None:
    for upload_id, case in enumerate(group, 1):
        with subtests.test(case=case.path.name):
            before = last_id()

            checked = send(desk, case.path.read_bytes(), case.path.name)

            assert case.says in checked.text and case.sheet in checked.text and case.remark in checked.text
            assert newest_people(before) == []
            if case.is_refused_whole:
                assert "没有做成" in checked.text
            else:
                require_seen(case, checked.text)
                if case.people_in:
                    assert "已经导入" in apply(desk, upload_id, "good").text
                require(case, newest_people(before))


def require_seen(case: Case, text: str) -> None:
    """How the file was read, and its first rows without what names anybody."""
    assert ("工作表：" if case.path.suffix == ".xlsx" else "编码：") in text
    for number, name in case.people.items() if not case.refused else ():
        assert f"{name[0]}{'*' * (len(name) - 1)}" in text and f"{number[:4]}**********{number[-4:]}" in text
        assert name not in text and number not in text
