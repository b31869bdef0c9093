"""The verbs of help texts: loaded with a release, written by staff. The only writer of their tables."""

from app.help.policy import check_content as check_content
from app.help.service.loading import CONTENT_FOLDER as CONTENT_FOLDER
from app.help.service.loading import load_help_texts as load_help_texts
from app.help.service.writing import CHANGED_MEANWHILE as CHANGED_MEANWHILE
from app.help.service.writing import add_text as add_text
from app.help.service.writing import add_translation as add_translation
from app.help.service.writing import restore_version as restore_version
from app.help.service.writing import save_text as save_text
from app.help.service.writing import withdraw_text as withdraw_text
