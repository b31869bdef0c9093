"""The names of roles on screen. Pure."""

from flask_babel import lazy_gettext as _l

from app.staff.models import Role

ROLE_NAMES = {
    Role.reviewer: _l("审核员"),
    Role.agent: _l("话务员"),
    Role.counter: _l("窗口"),
    Role.sysadmin: _l("系统管理员"),
    Role.secadmin: _l("安全管理员"),
    Role.auditadmin: _l("审计管理员"),
}


def role_names(roles: frozenset[Role]) -> str:
    """The names in the order of `Role`, such as 审核员、话务员."""
    return "、".join(str(ROLE_NAMES[role]) for role in Role if role in roles)
