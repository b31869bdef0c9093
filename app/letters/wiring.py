"""What the letters feature registers with other parts."""

from flask import Flask

from app.core.database.named_files import NamedFiles, name_files
from app.documents import store
from app.letters.models import Letter
from app.letters.service import FOLDER


def register(app: Flask) -> None:
    name_files(app, NamedFiles(FOLDER, (Letter.pdf_name,), store.opens, reseal=store.reseal))
