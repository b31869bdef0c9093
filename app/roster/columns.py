"""The columns of a roster and their headers: Chinese names, the field's own names (psn_cert_type) or this system's."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.text import half_width


@dataclass(frozen=True)
class Column:
    field: str
    label: str
    aliases: tuple[str, ...]
    is_required: bool = False


COLUMNS = (
    Column("cert_type", "证件类型", ("人员证件类型", "psn_cert_type", "cert_type")),
    Column("cert_no", "证件号码", ("证件号", "身份证号", "身份证号码", "certno", "cert_no"), is_required=True),
    Column("name", "姓名", ("人员姓名", "psn_name", "name"), is_required=True),
    Column("insured_region", "参保地", ("参保地区划", "参保地医保区划", "insuplc_admdvs", "insured_region"), is_required=True),
    Column("insutype", "险种", ("险种类型", "insutype"), is_required=True),
    Column("status", "参保状态", ("人员参保状态", "psn_insu_stas", "status")),
    Column("gender", "性别", ("gend", "gender")),
    Column("birthday", "出生日期", ("brdy", "birthday")),
    Column("nationality", "国籍", ("nationality",)),
    Column("psn_no", "人员编号", ("psn_no",)),
    Column("psn_type", "人员类别", ("psn_type",)),
)
LABELS = {column.field: column.label for column in COLUMNS}
_OPENING, _CLOSING, _REQUIRED = "([【〔", ")]】〕", "必选須须"  # (必填), [选填], 【必须填写】
_NUMBER = re.compile(r"[0-9]{6,}[0-9Xx]*")  # a first row that is not a header may hold people's numbers
_BY_HEADER = {header: column.field for column in COLUMNS for header in (column.label, *column.aliases)}


class WrongColumns(ValueError):
    """`sentence` names the columns that are missing, duplicate or unknown."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def match_columns(headers: Sequence[str], ignored: Iterable[str] = ()) -> dict[str, str]:
    """Maps each field to its header as the source writes it. Raises WrongColumns.

    An unknown column is refused, unless it is `ignored` by name: a mistyped 参保状态 must not turn everybody into 正常参保.
    """
    found: dict[str, str] = {}
    unknown: list[str] = []
    twice: list[str] = []
    left_out = {_plain(header) for header in ignored}
    for header in headers:
        field = _BY_HEADER.get(_plain(header))
        if field in found:
            twice.append(LABELS[field])
        elif field:
            found[field] = header
        elif _plain(header) and _plain(header) not in left_out:
            unknown.append(_NUMBER.sub("…", " ".join(header.split()))[:20])
    missing = [column.label for column in COLUMNS if column.is_required and column.field not in found]
    sentences = []
    if not found:
        sentences.append(_("第一行应当是列名。上面如果有标题，请删去标题那一行。"))
    if missing:
        sentences.append(_("缺少这些列：%(names)s。", names="、".join(missing)))
    if twice:
        sentences.append(_("这些列出现了两次：%(names)s。", names="、".join(twice)))
    if unknown:
        sentences.append(_("不认识这些列：%(names)s。", names="、".join(unknown[:10])))
    if sentences:
        raise WrongColumns("".join(sentences))
    return found


def _plain(header: str) -> str:
    """The header without blanks, and without the star and the bracket that mark a required column in templates."""
    plain = "".join(half_width(header).split()).replace("\ufeff", "").strip("*'").lower()
    return _without_last_bracket(plain).strip("*:")


def _without_last_bracket(header: str) -> str:
    """Not by a regular expression: on a header of thousands of brackets it would be tried for hours."""
    if not header.endswith(tuple(_CLOSING)):
        return header
    inside_of_none = max(header.rfind(bracket, 0, -1) for bracket in _CLOSING) + 1
    opened = [at for bracket in _OPENING if (at := header.find(bracket, inside_of_none)) >= 0]
    if not opened or not any(word in header[min(opened) :] for word in _REQUIRED):
        return header
    return header[: min(opened)]
