"""The shape of what the upload forms send. The token is asked for every form by `core.web`."""

from wtforms import HiddenField, IntegerField, MultipleFileField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form


class FilesForm(Form):
    """Several files for one slot; `next` is where the person goes on."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    next = HiddenField()
    files = MultipleFileField()


class UploadForm(Form):
    """What script says before it sends a file in pieces. size in bytes; fingerprint: name, size and day as the device has them."""

    class Meta:
        csrf = False

    subject = HiddenField(validators=[InputRequired(), Length(max=64)])
    slot = HiddenField(validators=[InputRequired(), Length(max=32)])
    size = IntegerField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired(), Length(max=300)])
