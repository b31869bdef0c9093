"""What a desk is told about a paper slip (S64) where the words for a phone would not help: paper cannot be refreshed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.scanning.reasons import BY_NAME, Reason

_ANOTHER = "请用身份证或社保卡办理。要用纸质码，医保窗口可以再开一张。"
_WORDS = {
    "code_forged": ("这张纸质码核对不上，不能使用。", _ANOTHER),
    "code_renew": ("这张纸质码太旧，不能再用。", _ANOTHER),
    "code_expired": ("这张纸质码已过期，只在开出的当天有效。", _ANOTHER),
    # A slip counts as used until its midnight, then as expired; so "used" always means today.
    "code_used": (
        "这张纸质码今天已经用过了，一张只能用一次。",
        "请先看上一次是不是已经办成。还要再用，医保窗口可以再开一张，也可以用身份证或社保卡办理。",
    ),
    "link_ended": ("这张纸质码已经作废，不能再用。", _ANOTHER),
}
ON_PAPER = {name: replace(BY_NAME[name], message=message, next=after) for name, (message, after) in _WORDS.items()}


_LINK_ENDED = BY_NAME["link_ended"]
AFTER_RESTORE = replace(
    _LINK_ENDED,
    message="医保局的系统刚从备份恢复，手机上的医保码要换成新的。",
    next="请持码人连上网络、重新登录，打开医保码页面再出示；也可以用身份证或社保卡办理。",
)


def on_paper(reason: Reason) -> Reason:
    """The same reason, code and name, in the words for paper."""
    return ON_PAPER.get(reason.name, reason)


def is_of_paper(answer: Mapping[str, Any]) -> bool:
    """Whether a refusal, as a desk gets it, was worded for paper."""
    worded = ON_PAPER.get(answer["reason"])
    return worded is not None and worded.message == answer["message"]
