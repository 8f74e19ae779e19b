"""The forms of verification: asking changes nothing and uses no rights, so they need no token."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField

from app.web.forms import Form, Needed, Tidy


class VerifyFileForm(Form):
    """A PDF, or a picture of a print, to verify."""

    class Meta:
        """Asking changes nothing and uses no rights, so it needs no token."""

        csrf = False

    file = FileField(_l("PDF file, or a photograph or scan of page 1"), [Needed()])


class VerifyTextForm(Form):
    """The text of a QR code to verify."""

    class Meta:
        """Asking changes nothing and uses no rights, so it needs no token."""

        csrf = False

    text = TextAreaField(_l("Text of the QR code"), [Tidy(8000, required=True, lines=True, printed=False)])


class VerifyCodeForm(Form):
    """A code to verify."""

    class Meta:
        """Asking changes nothing and uses no rights, so it needs no token."""

        csrf = False

    code = StringField(_l("Verification code"), [Tidy(60, required=True, printed=False)])
