"""The first run at a shell: takes the answers given as options, and asks for the others if somebody is there to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.regions.queries import list_agencies, list_insured_regions
from app.regions.service import shipped_cities
from app.setup import service
from app.setup.service import FirstMember, Step
from app.setup.text_files import read_text
from app.staff.models import Role
from app.staff.role_names import ROLE_NAMES

_OFFICE = {
    "slug": "机构简称（小写字母，例如 deyang）",
    "name": "机构名称",
    "region": "负责的地区代码",
    "phone": "咨询电话",
}


@dataclass(frozen=True)
class Answers:
    """The answers given as options, before anything is asked."""

    name: str
    icp_number: str
    police_number: str
    cities: tuple[str, ...]
    regions_csv: Path | None
    agencies: tuple[str, ...]  # slug,name,region,phone
    members: tuple[str, ...]  # role+role,username,name

    @property
    def say_anything(self) -> bool:
        return bool(self.name or self.cities or self.regions_csv or self.agencies or self.members)


def set_up(answers: Answers, *, asks: bool) -> None:
    """Continues where an earlier run ended. Raises DomainError for a wrong answer if it cannot ask again."""
    steps: dict[Step, Callable[[Answers, bool], None]] = {
        Step.bureau: _name,
        Step.regions: _regions,
        Step.agencies: _agencies,
        Step.staff: _staff,
    }
    for step, take in steps.items():
        while service.next_step() is step:
            try:
                take(answers, asks)
            except DomainError as refusal:
                if not asks:
                    raise
                click.echo(refusal.what + refusal.next)
                answers = Answers("", "", "", (), None, (), ())
    service.open_bureau()


def _name(answers: Answers, asks: bool) -> None:
    name, icp, police = answers.name, answers.icp_number, answers.police_number
    if not name and asks:
        name = click.prompt("医保局名称")
        icp = icp or click.prompt("ICP 备案号（没有就回车）", default="", show_default=False)
        police = police or click.prompt("公安备案号（没有就回车）", default="", show_default=False)
    service.name_bureau(name, icp, police)


def _regions(answers: Answers, asks: bool) -> None:
    if answers.regions_csv is not None:
        with answers.regions_csv.open("rb") as file:
            service.read_regions(read_text(file, answers.regions_csv.name))
        return
    cities = answers.cities
    if not cities and asks:
        for row in shipped_cities():
            click.echo(f"{row['code']}  {row['name']}")
        cities = tuple(click.prompt("城市代码，几个之间用逗号隔开").replace("，", ",").replace(" ", "").split(","))
    known = {row["code"]: row["name"] for row in shipped_cities()}
    if unknown := sorted(set(cities) - set(known)):
        what = _("名单里没有这个城市代码：%(codes)s。", codes=_("、").join(unknown))
        raise DomainError("cities_missing", what, _six_digits(known), field="cities")
    service.choose_regions(cities)


def _agencies(answers: Answers, asks: bool) -> None:
    for line in answers.agencies:
        _add_office(*_parts(line, 4))
    if answers.agencies or not asks:
        if not answers.agencies:
            raise DomainError("agencies_missing", "--agency SLUG,NAME,REGION,PHONE is missing.")
        return
    for region in list_insured_regions():
        click.echo(f"{region.code}  {region.name}")
    _ask_office()
    while click.confirm("再添一个机构", default=False):
        _ask_office()


def _ask_office() -> None:
    """Asks every question once, then only the one with a wrong answer, until the office is added."""
    said = {field: click.prompt(question) for field, question in _OFFICE.items()}
    while True:
        try:
            _add_office(*said.values())
        except DomainError as refusal:
            if refusal.field not in said:
                raise
            click.echo(refusal.what + refusal.next)
            said[refusal.field] = click.prompt(_OFFICE[refusal.field])
        else:
            return


def _add_office(slug: str, name: str, region_code: str, phone: str) -> None:
    """Calls `service.add_office`; its refusals are reworded for somebody who has no list to choose from."""
    try:
        service.add_office(slug, name, region_code, phone)
    except DomainError as refusal:
        if refusal.field not in ("region", "parent"):
            raise
        known = {region.code: region.name for region in list_insured_regions()}
        what = _("没有地区代码是“%(code)s”的参保地。", code=region_code)
        raise DomainError(refusal.code, what, _six_digits(known), field="region") from None


def _six_digits(known: dict[str, str]) -> str:
    code, name = next(iter(known.items()))
    return str(_("请填六位代码，例如 %(code)s（%(name)s）。", code=code, name=name))


def _staff(answers: Answers, asks: bool) -> None:
    members = [_member(line) for line in answers.members]
    if not members and asks:
        for role in service.missing_posts():
            username = click.prompt(f"{ROLE_NAMES[role]}的用户名")
            members.append(FirstMember(username, click.prompt(f"{ROLE_NAMES[role]}的姓名"), frozenset({role})))
    for added in service.add_first_staff(_merged(members), list_agencies()[0].slug):
        click.echo(f"{added.member.username}  {added.member.roles_text}  one-time password: {added.one_time_password}")


def _merged(members: list[FirstMember]) -> list[FirstMember]:
    """Merges members with the same user name into one person with all their roles."""
    found: dict[str, FirstMember] = {}
    for one in members:
        known = found.get(one.username)
        found[one.username] = FirstMember(one.username, one.name, one.roles | known.roles) if known else one
    return list(found.values())


def _member(line: str) -> FirstMember:
    roles, username, name = _parts(line, 3)
    try:
        return FirstMember(username, name, frozenset(Role(role) for role in roles.split("+")))
    except ValueError:
        raise DomainError("role_unknown", f"{roles} is no post: {', '.join(Role)}.") from None


def _parts(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != count:
        raise DomainError("option_parts", f"{line!r} must have {count} parts, parted by commas.")
    return parts
