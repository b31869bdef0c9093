"""The shape of what the upload forms send. `core.web` checks the form token of every form."""

from wtforms import HiddenField, IntegerField, MultipleFileField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form


class FilesForm(Form):
    """Several files for one slot; `next` is where the person goes afterwards."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    next = HiddenField()
    files = MultipleFileField()


class UploadForm(Form):
    """What the script sends before a file in pieces. size: in bytes. fingerprint: name, size and date as the device has them."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    size = IntegerField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired(), Length(max=300)])
