"""Loading help texts from files, without undoing what staff have written."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.core.locale import LANGUAGES
from app.help.front_matter import Content, InvalidHelpFile, parse
from app.help.models import HelpKind, HelpText
from app.help.queries import is_as_loaded, list_versions
from app.help.service.versions import BY_RELEASE, keep_version

CONTENT_FOLDER = Path(__file__).parents[1] / "content"

_Key = tuple[str, HelpKind, str]  # language, kind, slug


@dataclass
class LoadReport:
    added: int = 0
    updated: int = 0
    removed: int = 0
    kept: int = 0  # edited by staff since it was loaded, so the file does not touch it
    unchanged: int = 0


@transaction()
def load_help_texts(folder: Path = CONTENT_FOLDER) -> LoadReport:
    """Updates the rows to the files `<language>/<kind>/<slug>.md`; loading twice changes nothing.

    A row with the content that was last loaded follows its file, and is deleted when the file is gone. A row that staff have edited
    or written themselves stays as it is. Raises InvalidHelpFile naming the file.
    """
    files = dict(_read(folder))
    rows = {(row.language, row.kind, row.slug): row for row in db.session.scalars(select(HelpText))}
    report = LoadReport()
    for key, content in files.items():
        _load(key, content, rows.get(key), report)
    for key in rows.keys() - files.keys():
        if is_as_loaded(rows[key]):
            db.session.delete(rows[key])
            report.removed += 1
    return report


def _load(key: _Key, content: Content, row: HelpText | None, report: LoadReport) -> None:
    if row is None:
        language, kind, slug = key
        db.session.add(
            HelpText(
                kind=kind,
                slug=slug,
                language=language,
                updated_at=clock.now(),
                loaded_digest=content.digest,
                **asdict(content),
            )
        )
        report.added += 1
    elif not is_as_loaded(row):
        report.kept += 1
    elif row.loaded_digest == content.digest:
        report.unchanged += 1
    else:
        for name, value in asdict(content).items():
            setattr(row, name, value)
        row.updated_at, row.loaded_digest = clock.now(), content.digest
        row.edition += 1
        if list_versions(row, limit=1):
            keep_version(row, content, is_draft=False, by=BY_RELEASE)
        report.updated += 1


def _read(folder: Path) -> Iterator[tuple[_Key, Content]]:
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*/*.md")):
            try:
                yield (language, HelpKind(path.parent.name), path.stem), parse(path.read_text(encoding="utf-8"))
            except ValueError as wrong:
                raise InvalidHelpFile(f"{language}/{path.parent.name}/{path.name}: {wrong}") from wrong
