"""The words of the pages in every language: what the code says, what the catalogs hold, and what is missing between the two.

`make translations` writes the catalogs anew from code and templates: new texts arrive empty (traditional ones as a draft by OpenCC,
to be read), texts that are gone leave. `tests/house/test_translations.py` refuses whatever is then still open.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from app.core.locale import CATALOGS, LANGUAGES, NAMES, SOURCE
from app.institutions.business_types import BUSINESS_TYPES
from app.scanning.paper_reasons import ON_PAPER
from app.scanning.reasons import REASONS

APP = CATALOGS.parent
TRANSLATED = [locale for locale in LANGUAGES if locale != SOURCE]
HAN = r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]"
CHINESE_MARKS = "，。、；：？！“”‘’《》（）…—·"  # 【】 is how a text message in China names its sender, in every language
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.js", "jinja2")]
_OPTIONS: dict[str, dict[str, Any]] = {
    path: {"silent": "false", "trimmed": "true"} for path, method in _METHODS if method == "jinja2"
}
_KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "later": None}
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a file that changes only with its words
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|<[^>]+>")

# Words that Taiwan and Hong Kong share where OpenCC only changes characters. 醫保碼, 參保地 and 激活 stay: they are names here.
_SHARED_WORDS = {
    "臺": "台",
    "賬": "帳",
    "登錄": "登入",
    "短信": "短訊",
    "屏幕": "螢幕",
    "信息": "資訊",
    "默認": "預設",
    "設置": "設定",
    "視頻": "影片",
    "攝像頭": "鏡頭",
    "鏈接": "連結",
    "軟件": "軟體",
    "數據": "資料",
    "服務器": "伺服器",
    "打印": "列印",
    "二維碼": "QR 碼",
    "運營商": "電訊商",
    "聯網": "連網",
    "字符": "字元",
    # where the dictionary takes one word for another
    "寫明瞭": "寫明了",
    "麵容": "面容",
    "髮卡": "發卡",
    "籤": "簽",
    "併為": "並為",
    "週歲": "周歲",
}
_drafts = OpenCC("s2tw")


def extracted() -> dict[str, set[str]]:
    """msgid -> the files that say it."""
    found: dict[str, set[str]] = {}
    for file, _line, message, _comments, _context in extract_from_dir(APP, _METHODS, _OPTIONS, keywords=_KEYWORDS):
        assert isinstance(message, str), f"{file}: {message} has a plural; write the sentence so that it needs none"
        found.setdefault(message, set()).add(file)
    for reason in REASONS.values():  # said to a desk as they are, translated on the help page alone
        for message in (reason.title, reason.message, reason.next):
            found.setdefault(message, set()).add("scanning/reasons.py")
    for reason in ON_PAPER.values():
        for message in (reason.message, reason.next):
            found.setdefault(message, set()).add("scanning/paper_reasons.py")
    for name in BUSINESS_TYPES.values():
        found.setdefault(name, set()).add("institutions/business_types.py")
    return found


def read(locale: str) -> Catalog:
    path = _path(locale)
    if not path.is_file():
        return Catalog(locale=locale)
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=locale)


def update() -> dict[str, list[str]]:
    """Writes the catalogs; locale -> the texts that still want a translation."""
    said = extracted()
    missing: dict[str, list[str]] = {}
    for locale in TRANSLATED:
        known = {str(m.id): str(m.string) for m in read(locale) if m.id}
        words = {text: known.get(text) or (to_traditional(text) if locale == "zh_Hant" else "") for text in said}
        write(locale, words, said)
        missing[locale] = [text for text in said if not words[text]]
    return missing


def draft_texts() -> list[Path]:
    """Traditional drafts of new help texts and notices; answers the files that still want English."""
    wanting: list[Path] = []
    for folder, pattern in ((APP / "help/content" / SOURCE, "*/*.md"), (APP / "accounts/notices", "*.md")):
        home = folder.parent if folder.name == SOURCE else folder
        for path in sorted(folder.glob(pattern)):
            draft = home / "zh_Hant" / path.relative_to(folder)
            if not draft.is_file():
                draft.parent.mkdir(parents=True, exist_ok=True)
                draft.write_text(to_traditional(path.read_text(encoding="utf-8")), encoding="utf-8")
            if not (english := home / "en" / path.relative_to(folder)).is_file():
                wanting.append(english)
    return wanting


def write(locale: str, words: dict[str, str], said: dict[str, set[str]]) -> None:
    catalog = Catalog(locale=locale, project="pingzheng", creation_date=_NO_DAY, revision_date=_NO_DAY, fuzzy=False)
    catalog.header_comment = f"# {NAMES[locale]}. Written by `make translations`, the words by people."
    for text in sorted(said, key=lambda text: (min(said[text]), list(said).index(text))):
        catalog.add(text, words[text], locations=[(min(said[text]), 0)])
    _path(locale).parent.mkdir(parents=True, exist_ok=True)
    with _path(locale).open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False, omit_header=False)


def faults(locale: str) -> list[str]:
    """One sentence for each text that is missing, left over, unsure, or says something else than its source."""
    said, catalog = extracted(), {str(m.id): m for m in read(locale) if m.id}
    found = [f"no longer said: {text}" for text in catalog if text not in said]
    for text in said:
        message = catalog.get(text)
        words = str(message.string) if message else ""
        if not words.strip():
            found.append(f"not translated: {text}")
        elif message and message.fuzzy:
            found.append(f"unsure: {text}")
        elif placeholders(words) != placeholders(text):
            found.append(f"other placeholders: {text} | {words}")
        elif locale == "en" and (marks := re.findall(f"{HAN}|[{CHINESE_MARKS}]", words)):
            found.append(f"Chinese in English ({''.join(marks)}): {words}")
        elif locale == "zh_Hant" and (left := simplified(words)):
            found.append(f"simplified in traditional ({''.join(left)}): {words}")
    return found


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def to_traditional(text: str) -> str:
    """A draft to be read: traditional characters, shared words, 「」 for quotation marks."""
    words = str(_drafts.convert(text))
    for mainland, shared in _SHARED_WORDS.items():
        words = words.replace(mainland, shared)
    return words.translate(str.maketrans("“”‘’", "「」『』"))


def simplified(words: str) -> list[str]:
    """Characters that no traditional text has."""
    converted = str(_drafts.convert(words))
    changed = {c for c, other in zip(words, converted, strict=False) if c != other and other not in _SHARED_WORDS}
    return sorted(c for c in changed if _drafts.convert(c) != c)


def _path(locale: str) -> Path:
    return CATALOGS / locale / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    for language, texts in update().items():
        print(f"{language}: {len(texts)} to translate in {_path(language).relative_to(APP.parent)}")
        print("".join(f"  {text}\n" for text in texts), end="")
    for missing_text in draft_texts():
        print(f"to write in English: {missing_text.relative_to(APP.parent)}")
