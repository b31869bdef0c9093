"""Generates docs/settings.md: every setting, by group, in Chinese and English, and the values that no setting changes."""

from collections.abc import Iterator
from dataclasses import Field
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.config.checks import in_digits
from app.config.fields import Setting, settings_of
from app.config.fixed import find_fixed
from app.config.values import GROUPS

_HEAD = """# Settings 设置

<!-- Written by `make settings` from app/config; do not edit. -->

Settings come from the environment, from `.env` in the working directory and from `secrets.env` in the instance folder; the
environment wins, then `.env`. A start refuses what is out of bounds, contradicts another setting or is nearly the name of one,
and says all of it at once. `flask config list` prints what holds here and needs no database.

设置来自环境变量、工作目录的 `.env` 和本系统文件夹的 `secrets.env`，以环境变量为先，其次是 `.env`。
超出范围、互相矛盾或名称拼错的设置会使启动被拒绝，并一次列出全部问题。`flask config list` 显示当前的值，不需要数据库。

Standards named below: NIST 800-63B in its revision 4, the OWASP's ASVS in version 5.0, GB/T 22239-2019, PIPL (个人信息保护法), and
the contracts of this system with institutions and citizens.
"""
_TABLE = "| name 名称 | default 默认 | bounds 范围 | meaning 含义 |\n|---|---|---|---|"
_FIXED = """## What is fixed, and why 固定不变的值

Limits and periods that no setting changes, each with its reason as it stands beside it in the code.

| where | name | value | why |
|---|---|---|---|"""
_UNITS = {
    "": "",
    "MiB": "MiB",
    "bytes": "字节",
    "calls": "次",
    "calls a second": "次/秒",
    "codes": "个",
    "codes an hour": "次/小时",
    "days": "天",
    "failures a day": "次/天",
    "files": "个",
    "guesses": "次",
    "holders": "人",
    "hours": "小时",
    "megapixels": "百万像素",
    "members": "人",
    "messages an hour": "条/小时",
    "minutes": "分钟",
    "months": "个月",
    "numbers a minute": "次/分钟",
    "pages": "页",
    "percent": "%",
    "persons": "人",
    "pharmacies": "家",
    "pixels": "像素",
    "places": "个",
    "processes": "个",
    "proxies": "层",
    "questions": "次",
    "jobs": "个",
    "rows": "行",
    "rules": "条",
    "searches an hour": "次/小时",
    "seconds": "秒",
    "slips a day": "张/天",
    "starts an hour": "次/小时",
    "threads": "个",
    "tries an hour": "次/小时",
    "unlocks": "次",
    "uses": "次",
    "working hours": "工作小时",
    "years": "岁",
    "yuan": "元",
}


def settings_document(app_folder: Path) -> str:
    """The whole file. app_folder: the folder of code that is searched for fixed values."""
    parts = [_HEAD]
    for cls, heading, heading_zh in GROUPS:
        rows = (_row(name, one, setting) for name, (one, setting) in settings_of(cls).items())
        parts.append("\n".join((f"## {heading} {heading_zh}\n", _TABLE, *rows, "")))
    fixed = (f"| `{one.where}` | `{one.name}` | `{one.value}` | {one.why} |" for one in find_fixed(app_folder))
    parts.append("\n".join((_FIXED, *fixed, "")))
    return "\n".join(parts)


def _row(name: str, one: Field[Any], setting: Setting) -> str:
    meaning = f"{setting.en}<br>{setting.zh}"
    if setting.formerly:
        meaning += f"<br>formerly 原名 `{setting.formerly}`"
    return f"| `{name}` | {_default(one, setting)} | {'<br>'.join(_bounds(one, setting))} | {meaning} |".replace("  ", " ")


def _default(one: Field[Any], setting: Setting) -> str:
    value = default_of(one)
    if isinstance(value, bool):
        return "off 关"
    return "" if setting.is_secret or value == "" else f"`{value}`"


def default_of(one: Field[Any]) -> Any:
    return one.default_factory() if callable(one.default_factory) else one.default


def _bounds(one: Field[Any], setting: Setting) -> Iterator[str]:
    if setting.low is not None and setting.high is not None:
        yield f"{in_digits(setting.low)} – {in_digits(setting.high)} {setting.unit} {_UNITS[setting.unit]}".strip()
        if setting.zero:
            yield f"0: {setting.zero} {setting.zero_zh}"
    elif isinstance(one.type, type) and issubclass(one.type, StrEnum):
        yield ", ".join(f"`{value}`" for value in one.type)
    elif one.type is bool:
        yield "1, 0"
    elif setting.own:
        yield ", ".join(f"`{value}`" for value in setting.own) + f", or a plug-in 或插件 (`{setting.group}`)"
    elif setting.grammar:
        yield f"text 文本, {setting.grammar.mend}" if not setting.is_secret else f"secret 保密, {setting.grammar.mend}"
    else:
        yield "secret 保密" if setting.is_secret else "text 文本"
