"""Setting up a real bureau. The next step is found from what the database has, so the setup can be interrupted and resumed."""

import csv
import hmac
import io
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from flask_babel import gettext as _

from app.accounts.service import load_notices
from app.config import Mode
from app.core import audit, installation
from app.core.audit_tags import InstallationTag
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.installation import Installation, Profile, code_path
from app.core.keys.fitting import SecretsDoNotFit
from app.core.private_files import private
from app.core.settings import settings
from app.help.service import load_help_texts
from app.regions.models import Agency, RegionLevel
from app.regions.queries import list_agencies, list_insured_regions
from app.regions.service import add_agency, add_hotline, add_region, load_shipped_regions, shipped_cities
from app.reviews.service import load_holidays
from app.staff.models import Role
from app.staff.queries import list_active
from app.staff.service import NewStaff, add_staff

BY = "system"
MOST_ROWS = 4000  # fixed: China has about 3,000 counties
POSTS = (Role.sysadmin, Role.secadmin, Role.auditadmin)


class Step(IntEnum):
    bureau = 1
    regions = 2
    agencies = 3
    staff = 4
    opening = 5


@dataclass(frozen=True)
class FirstMember:
    username: str
    name: str
    roles: frozenset[Role]


def write_code() -> str:
    """Writes a new one-time code to the instance folder, mode 0600; an earlier code is no longer valid."""
    code = "-".join(secrets.token_hex(3) for _part in range(4))
    with open(code_path(), "w", opener=private) as file:
        file.write(code + "\n")
    return code


def read_code() -> str:
    """The code in the instance folder; empty if there is none."""
    try:
        return code_path().read_text().strip()
    except FileNotFoundError:
        return ""


def is_code(typed: str) -> bool:
    """Whether this is the code of the instance folder; blanks and case do not matter. An empty file lets nobody in."""
    code = read_code()
    return bool(code) and hmac.compare_digest("".join(typed.split()).casefold().encode(), code.encode())


def next_step() -> Step:
    """The first step that is not done."""
    if installation.find_profile() is None:
        return Step.bureau
    if not list_insured_regions():
        return Step.regions
    if not any(agency.hotlines for agency in list_agencies()):
        return Step.agencies
    return Step.opening if not missing_posts() else Step.staff


def missing_posts() -> list[Role]:
    """Those of the three administrators' roles that nobody has."""
    held = {role for member in list_active() for role in member.roles}
    return [role for role in POSTS if role not in held]


def name_bureau(name: str, icp: str = "", police: str = "") -> None:
    """Stores the bureau's name and filing numbers. Raises DomainError `name_missing`, `too_long`."""
    name, icp, police = name.strip(), icp.strip(), police.strip()
    if not name:
        raise DomainError("name_missing", str(_("请填写医保局的名称。")), field="name")
    for field, text in (("name", name), ("icp", icp), ("police", police)):
        if len(text) > 60:
            raise DomainError("too_long", str(_("最多 60 个字。")), field=field)
    installation.set_profile(Profile(name, icp, police), by=BY)


def choose_regions(cities: Collection[str]) -> int:
    """Loads these cities of the release's list, with their counties and pools. Returns how many regions can be chosen as 参保地."""
    known = {row["code"] for row in shipped_cities()}
    if not cities or not set(cities) <= known:
        raise DomainError("cities_missing", str(_("请至少选一个城市。")), field="cities")
    load_shipped_regions(cities)
    return len(list_insured_regions())


def read_regions(text: str) -> int:
    """Reads the bureau's own list as CSV: code,name,level,parent_code,is_insured_region, parents before children.

    Adds all rows or none. Raises DomainError with the line that is wrong.
    """
    text = text.lstrip("\ufeff")
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=text.partition("\n")[0].count))
    rows = [(table.line_num, row) for row in table if any(isinstance(cell, str) and cell.strip() for cell in row.values())]
    wanted = {"code", "name", "level", "parent_code", "is_insured_region"}
    if not rows or not wanted <= set(rows[0][1]):
        raise DomainError("columns", str(_("表格要有这几列：code,name,level,parent_code,is_insured_region。")), field="file")
    if len(rows) > MOST_ROWS:
        raise DomainError("too_many", str(_("最多 %(count)d 行。", count=MOST_ROWS)), field="file")
    with transaction():
        for line, row in rows:
            cells = {name: (row.get(name) or "").strip() for name in wanted}
            try:
                level = RegionLevel(cells["level"])
                add_region(
                    cells["code"], cells["name"], level, cells["parent_code"], is_insured=cells["is_insured_region"] == "1", by=BY
                )
            except ValueError:
                sentence = _("第 %(line)d 行：level 只能是 province、city、county、pool。", line=line)
                raise DomainError("level", str(sentence), field="file") from None
            except DomainError as refusal:
                sentence = _("第 %(line)d 行：%(what)s", line=line, what=refusal.what)
                raise DomainError(refusal.code, str(sentence), field="file") from None
        if not any((row.get("is_insured_region") or "").strip() == "1" for _line, row in rows):
            raise DomainError("none_insured", str(_("没有一行可以选作参保地。")), field="file")
    return len(list_insured_regions())


@transaction()
def add_office(slug: str, name: str, region_code: str, phone: str) -> Agency:
    """Adds an office and its number, both or neither. Raises DomainError with the field that is wrong."""
    agency = add_agency(slug, name, region_code, "", by=BY)
    add_hotline(agency.id, phone, "", "", is_checked=False, by=BY)
    return agency


def add_first_staff(members: Sequence[FirstMember], agency: str) -> list[NewStaff]:
    """Adds the first members; only the result holds their passwords. Raises `posts_missing` and as `staff.service.add_staff`."""
    given = {role for member in members for role in member.roles}
    if set(missing_posts()) - given:
        raise DomainError("posts_missing", str(_("系统管理员、安全管理员、审计管理员都要有人。")), field="roles")
    if len({member.username.strip().casefold() for member in members}) < len(members):
        raise DomainError("username_taken", str(_("几个人的用户名不能一样。")), field="username")
    added: list[NewStaff] = []
    for member in members:  # one by one, since hashing must not run in a transaction; an error keeps those already added
        added.append(add_staff(member.username, member.name, agency=agency, roles=member.roles, by=BY))
    return added


def open_bureau() -> None:
    """The last step: loads legal texts, help and days off, then sets the kind, which opens the site. Raises `not_ready`."""
    if next_step() is not Step.opening:
        raise DomainError("not_ready", str(_("前面还有一步没有完成。")), status=409)
    fill()
    code_path().unlink(missing_ok=True)


def fill() -> None:
    """Loads the texts and days off, and makes the database a production one. Raises RuntimeError for a demo's database."""
    load_notices()
    load_help_texts()
    load_holidays()
    with transaction():
        try:
            installation.set_kind(Mode.production)
        except SecretsDoNotFit as refusal:
            raise DomainError("secrets_do_not_fit", str(refusal), status=409) from None
        audit.record(InstallationTag.opened, actor=BY, subject=Installation.subject_of(1), separation=settings.separation)
