"""The people of the demo bureau. Their numbers begin with 510600, the code of Deyang city itself, which is not issued to people."""

from dataclasses import dataclass, replace
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    key: str
    name: str
    cert_no: str = ""  # for people of a fixed age it is made from today's date
    phone: str = ""
    cert_type: str = "01"
    insured_region: str = "510603"
    insutype: str = "310"
    psn_type: str = "1101"
    status: str = "1"
    birthday: date | None = None
    gender: str = ""
    nationality: str = "01"
    pin: str = ""  # set for those whose credential is active already


def demo_number(born: str, sequence: int) -> str:
    """A resident identity number (GB 11643) with that birthday and region 510600; an odd sequence is a man's."""
    stem = f"510600{born}{sequence:03d}"
    return stem + "10X98765432"[sum(int(c) * w for c, w in zip(stem, _WEIGHTS, strict=True)) % 11]


_PEOPLE = (
    DemoPerson(key="worker", name="李建国", cert_no=demo_number("19850612", 1), phone="19900000001"),
    DemoPerson(
        key="retiree",
        name="王秀英",
        cert_no=demo_number("19500320", 2),
        phone="19900000002",
        insured_region="510604",
        psn_type="1201",
    ),
    DemoPerson(key="rare_name", name="张㛃䶮", cert_no=demo_number("19920718", 12), phone="19900000003", insured_region="510681"),
    DemoPerson(
        key="student", name="陈一鸣", cert_no=demo_number("20040901", 3), phone="19900000004", insutype="390", psn_type="1501"
    ),
    DemoPerson(
        key="middle_dot",
        name="阿依古丽·买买提",
        cert_no=demo_number("19880430", 4),
        phone="19900000005",
        insured_region="510699",
    ),
    DemoPerson(key="suspended", name="赵国强", cert_no=demo_number("19791111", 5), phone="19900000006", status="2"),
    DemoPerson(key="leap_day", name="孙晓月", cert_no=demo_number("19960229", 6), phone="19900000007", insured_region="510682"),
    DemoPerson(
        key="foreigner",
        name="DUPONT MARIE",
        cert_no="E1234567X",
        cert_type="08",
        birthday=date(1983, 4, 9),
        gender="2",
        nationality="FRA",
        phone="19900000008",
        insured_region="510699",
    ),
    DemoPerson(
        key="permanent_resident",
        name="SMITH JANE",
        cert_no="911124198108030024",
        cert_type="07",
        birthday=date(1981, 8, 3),
        gender="2",
        nationality="USA",
        phone="19900000009",
        insured_region="610102",
    ),
    DemoPerson(key="xian_worker", name="周志远", cert_no=demo_number("19900307", 1), phone="19900000010", insured_region="610104"),
    DemoPerson(key="provincial", name="吴敏", cert_no=demo_number("19750815", 8), phone="19900000011", insured_region="610099"),
    DemoPerson(key="active_mother", name="刘芳", cert_no=demo_number("19870223", 10), phone="19900000012", pin="280519"),
    DemoPerson(
        key="active_father",
        name="李志强",
        cert_no=demo_number("19600917", 11),
        phone="19900000013",
        pin="730264",
        psn_type="1201",
    ),
    DemoPerson(
        key="active_elder",
        name="黄桂兰",
        cert_no=demo_number("19500101", 14),
        phone="19900000014",
        pin="905172",
        insutype="390",
    ),
    DemoPerson(key="active_daughter", name="何静", cert_no=demo_number("19780519", 18), phone="19900000015", pin="461839"),
)
# People who have the same age in any year: age in full years, the number's sequence, and the rest.
_OF_ONE_AGE = (
    (76, 19, DemoPerson(key="father76", name="何大山", insured_region="510604", psn_type="1201")),
    (8, 21, DemoPerson(key="child8", name="刘乐乐", insutype="390", psn_type="1501")),
    (17, 23, DemoPerson(key="teen17", name="刘思齐", phone="19900000016", insutype="390", psn_type="1501")),
    (16, 15, DemoPerson(key="teen16", name="李思远", insutype="390", psn_type="1501")),
    (9, 16, DemoPerson(key="child", name="李朵朵", insutype="390", psn_type="1501")),
    (2, 17, DemoPerson(key="baby", name="李小满", insutype="390", psn_type="1501")),
)


def demo_people(today: date) -> list[DemoPerson]:
    """Everybody, as old as they are on that day."""
    aged = [replace(person, cert_no=demo_number(_born(today, years), number)) for years, number, person in _OF_ONE_AGE]
    return [*_PEOPLE, *aged]


def _born(today: date, years: int) -> str:
    """The date of birth of somebody of this age whose birthday is 5 January."""
    return f"{today.year - years - (today < date(today.year, 1, 5))}0105"
