from wtforms.fields import FileField as FileField
