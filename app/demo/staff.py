"""The demo bureau's staff: one member for each role, and a second one where two must act."""

import base64

from app.core.crypto import vault
from app.institutions.queries import find_operator, get_institution
from app.institutions.service import add_operator
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.service import add_staff

AGENCY = "deyang"
MEMBERS = (
    ("shenhe", "审核员甲", Role.reviewer),
    ("fuhe", "审核员乙", Role.reviewer),
    ("zuoxi", "坐席员甲", Role.agent),
    ("huifang", "坐席员乙", Role.agent),
    ("chuangkou", "窗口员", Role.counter),
    ("xitong", "系统管理员", Role.sysadmin),
    ("anquan", "安全管理员", Role.secadmin),
    ("shenji", "审计管理员", Role.auditadmin),
)
OPERATORS = (
    ("H51060000001", "guahao", "挂号处"),
    ("P51060000001", "yaodian", "收银台"),
    ("H51060099999", "liantiao", "联调员"),
)


def staff_entries() -> list[dict[str, str]]:
    """What demo.json says of staff. Password and secret are derived from this installation's key, so they can be written again."""
    entries = []
    for username, name, role in MEMBERS:
        password, secret = _password_of(username), _totp_secret_of(username)
        if find_staff(username) is None:
            add_staff(username, name, agency=AGENCY, roles=[role], by="system", password=password, totp_secret=secret)
        entries.append({"role": role.value, "username": username, "password": password, "totp_secret": secret})
    return entries


def operator_entries() -> list[dict[str, str]]:
    """The operators at the institutions' desks; their passwords can be written again too."""
    entries = []
    for code, username, name in OPERATORS:
        password = _password_of(username)
        if find_operator(username) is None:
            add_operator(
                get_institution(code), operator_id=username.upper(), name=name, username=username, by="system", password=password
            )
        entries.append({"fixmedins_code": code, "username": username, "password": password})
    return entries


def _password_of(username: str) -> str:
    return base64.b32encode(vault.subkey(f"demo-password:{username}")).decode().lower()[:20]


def _totp_secret_of(username: str) -> str:
    return base64.b32encode(vault.subkey(f"demo-totp:{username}")).decode()[:32]
