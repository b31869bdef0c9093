"""The shape of what the upload forms send. The token is asked for every form by `core.web`."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, MultipleFileField
from wtforms.validators import InputRequired, Length


class FilesForm(FlaskForm):  # type: ignore[misc]
    """Several files for one slot; `next` is where the person goes on."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    next = HiddenField()
    files = MultipleFileField()


class UploadForm(FlaskForm):  # type: ignore[misc]
    """What script says before it sends a file in pieces. size in bytes; fingerprint: name, size and day as the device has them."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    size = IntegerField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired(), Length(max=300)])
