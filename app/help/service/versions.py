"""Every saved version is kept in full."""

from dataclasses import asdict

from app.core import clock
from app.core.db import db
from app.help.front_matter import Content
from app.help.models import HelpText, HelpVersion

BY_RELEASE = "release"


def keep_version(row: HelpText, content: Content, *, is_draft: bool, by: str, restored_from: int | None = None) -> HelpVersion:
    """Saves the content as a version with the row's current edition."""
    version = HelpVersion(
        kind=row.kind,
        slug=row.slug,
        language=row.language,
        edition=row.edition,
        saved_at=clock.now(),
        saved_by=by,
        is_draft=is_draft,
        restored_from=restored_from,
        **asdict(content),
    )
    db.session.add(version)
    db.session.flush()
    return version
