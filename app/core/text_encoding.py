"""Detects the encoding of a text file: UTF-8, GB18030 (which includes GBK and GB 2312), or what its byte order mark says. It
refuses rather than guesses.

Almost any bytes are valid GB18030, so a UTF-8 file with one damaged character would be read as a file full of wrong names (李明 as
鏉庢槑). A file counts as GB18030 only when none of its lines is Chinese in UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

_HEAD_BYTES = 2000
_READ_BYTES = 1 << 20
_MOST_LINE_BYTES = 1 << 18  # fixed: of a roster, whose longest row has some hundred
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_ENDS_IN_TEXT = re.compile("\r\n|\r|\n")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class Undecodable(ValueError):
    """line: the first that does not fit, counted from 1; 0 if the whole file is UTF-16 without its mark. encoding: the one it does
    not fit, as people call it."""

    def __init__(self, line: int, encoding: str) -> None:
        super().__init__(f"line {line} is not {encoding}" if line else "UTF-16 without its mark")
        self.line, self.encoding = line, encoding


def detect_encoding(file: BinaryIO) -> str:
    """The codec's name. Reads the file from its beginning, and goes back there. Raises Undecodable."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if len(head) >= 16 and head.count(0) * 4 > len(head):
        raise Undecodable(0, "UTF-16")
    try:
        return "utf-8" if _is_utf8(file) else _settle(file)
    finally:
        file.seek(0)


def find_unfit_line(file: BinaryIO, encoding: str) -> int:
    """The first line, counted from 1, with bytes that are invalid in this encoding; 1 when there is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, ended_in_cr = 1, False
    file.seek(0)
    while True:
        block = file.read(_READ_BYTES)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return line + len(_ENDS_IN_TEXT.findall(error.object[: error.start].decode(error.encoding, "replace")))
        line += len(_ENDS_IN_TEXT.findall(text)) - (ended_in_cr and text.startswith("\n"))
        ended_in_cr = text.endswith("\r")
        if not block:
            return 1


def is_utf8_read_as_gbk(text: str) -> bool:
    """Whether this is UTF-8 that a program took for GBK, such as 鏉庢槑 for 李明, even if the last character was cut off."""
    raw = text.encode("gb18030", "replace")
    if not raw or not 0xE3 <= raw[0] <= 0xF0:  # where Chinese characters begin in UTF-8, and rare ones in GBK
        return False
    return _is_chinese_in_utf8(raw) or any(_is_chinese_in_utf8(raw[:-cut]) and raw[-cut] >= 0xE4 for cut in (1, 2) if len(raw) > 3)


def shown(encoding: str) -> str:
    """`utf-8-sig` as people call it: UTF-8."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = encoding
    return name.removesuffix("-sig").upper().replace("GB18030", "GB18030（GBK）")


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_READ_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _settle(file: BinaryIO) -> str:
    """The encoding of a file that is not UTF-8 throughout. Raises Undecodable, naming the line that is the exception."""
    chinese_in_utf8, others = 0, 0
    first_chinese, first_other, first_unfit = 0, 0, 0
    for number, line in enumerate(_lines(file), 1):
        if line.isascii():
            continue
        if _is_chinese_in_utf8(line):
            chinese_in_utf8 += 1
            first_chinese = first_chinese or number
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            others += 1
            first_other = first_other or number
            first_unfit = first_unfit or (0 if _fits(line, "gb18030") else number)
    if chinese_in_utf8 and chinese_in_utf8 >= others:
        raise Undecodable(first_other, "UTF-8")
    if chinese_in_utf8:
        raise Undecodable(first_chinese, "GB18030")
    if first_unfit:
        raise Undecodable(first_unfit, "GB18030" if others > 1 else "UTF-8")
    return "gb18030"


def _is_chinese_in_utf8(line: bytes) -> bool:
    """Whether the line makes sense as Chinese in UTF-8, and more sense than as GB18030.

    Among a million lines of GBK two or three are valid UTF-8 by chance, with characters that are in no name. Chinese in UTF-8, read
    as GBK, nearly always has characters outside GB 2312.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not _HAN.search(text):
        return False
    return _fits(text, "gb2312") or not _fits(line, "gb2312")


def _fits(content: bytes | str, encoding: str) -> bool:
    try:
        if isinstance(content, bytes):
            content.decode(encoding)
        else:
            content.encode(encoding)
    except UnicodeError:
        return False
    return True


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends, which may be of any system. What follows an impossibly long line is not looked at."""
    rest = b""
    while block := file.read(_READ_BYTES):
        if block.endswith(b"\r"):
            block += file.read(1)
        *lines, rest = _LINE_ENDS.split(rest + block)
        yield from lines
        if len(rest) > _MOST_LINE_BYTES:
            return
    yield rest
