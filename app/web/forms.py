"""Forms: WTForms reads and judges what was typed, templates draw it; a refusal stands at its field."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.domain.answers import displayable, read_day, tidy
from app.domain.errors import InvalidError
from app.domain.identifiers import is_award_number, is_researcher_number, narrow
from app.pdf.fonts import named, unprintable
from app.web.messages import sentence


def problem(reason: str, **values: object) -> ValidationError:
    """Return the refusal of a field by its reason code."""
    return ValidationError(sentence(InvalidError(reason, **values)))


class Tidy:
    """Tidy a text in place; refuse what cannot be stored, what is too long, and what cannot be printed."""

    def __init__(self, limit: int, *, required: bool = False, lines: bool = False, printed: bool = True):
        self.limit, self.required, self.lines, self.printed = limit, required, lines, printed
        self.field_flags = {"required": True} if required else {}

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Judge one field."""
        try:
            tidied = tidy(field.data or "", self.limit, lines=self.lines)
        except InvalidError as error:
            field.data = displayable(field.data or "")
            raise ValidationError(sentence(error)) from None
        field.data = tidied
        if self.required and not tidied:
            raise problem("required")
        if self.printed and (odd := unprintable(tidied)):
            raise problem("unprintable", characters=", ".join(map(named, odd)))


class Needed:
    """Mark a field that must be filled in; whether it is, its view or its choices judge."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, _form: FlaskForm, _field: Field) -> None:
        """Refuse nothing."""


class DayField(StringField):
    """A day typed as text; ``data`` is a date or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day, keeping what was typed when it is none."""
        self.typed = displayable(valuelist[0]) if valuelist else ""
        self.data = None
        if self.typed.strip():
            try:
                self.data = read_day(self.typed)
            except InvalidError as error:
                raise ValueError(sentence(error)) from None

    def _value(self) -> str:
        typed: str | None = getattr(self, "typed", None)
        if typed is not None:
            return typed
        return self.data.isoformat() if isinstance(self.data, date) else ""


class MarkField(BooleanField):
    """A box to tick; what it would send is fixed, whatever was sent."""

    def _value(self) -> str:
        return "y"


class Form(FlaskForm):
    """A form that knows its fields and refuses others."""

    def accepted(self) -> bool:
        """Return whether everything typed is right; raise InvalidError for fields that are not the form's."""
        refuse_unknown(self._fields)
        return bool(self.validate_on_submit())


def refuse_unknown(known: Iterable[str]) -> None:
    """Raise InvalidError when the request carries fields outside ``known`` and the CSRF token."""
    unknown = set(request.form) | set(request.files)
    if unknown - set(known) - {"csrf_token"}:
        raise InvalidError("unknown_fields")


def given(form: FlaskForm) -> dict[str, Any]:
    """Return what was typed into a form, without its token."""
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


class SignInForm(Form):
    """The door."""

    email = StringField(_l("E-mail address"), [Tidy(254, required=True, printed=False)])
    password = PasswordField(_l("Password"), [Needed()])
    next = HiddenField(filters=[lambda typed: displayable(typed or "")])


class ConfirmForm(Form):
    """A fresh proof of who it is."""

    password = PasswordField(_l("Password"), [Needed()])
    next = HiddenField(filters=[lambda typed: displayable(typed or "")])


_KNOWN = [
    SelectChoice("yes", _l("Yes")),
    SelectChoice("no", _l("No")),
    SelectChoice("", _l("Not known yet")),
]


class FactsForm(Form):
    """What decides which checklists and questions apply."""

    foreign = RadioField(
        _l("Do institutions or researchers abroad take part?"),
        choices=_KNOWN,
        default="",
        description=_l("This decides which questions are asked. If it is not known yet, they are all shown."),
    )
    partners = RadioField(_l("Do other institutions share the work?"), choices=_KNOWN, default="")
    transfer_on = DayField(
        _l("First day on which goods or technology go abroad"),
        description=_l(
            "Export control changed on 9 October 2025: the day decides which checklist applies. "
            "Leave it empty if nothing is planned or the day is not known."
        ),
    )

    def hold(self, stated: Mapping[str, str]) -> None:
        """Show what is stated now."""
        self.foreign.data = stated.get("collaboration.foreign", "")
        self.partners.data = stated.get("collaboration.partners", "")
        day = stated.get("transfer.on", "")
        self.transfer_on.data = date.fromisoformat(day) if day else None

    def stated(self) -> dict[str, str]:
        """Return the facts as typed; an empty one is not known."""
        day = self.transfer_on.data
        return {
            "collaboration.foreign": self.foreign.data,
            "collaboration.partners": self.partners.data,
            "transfer.on": day.isoformat() if day else "",
        }


class GrantForm(FactsForm):
    """A grant, registered by hand."""

    number = StringField(
        _l("Award number"),
        [Tidy(30, required=True)],
        description=_l("The number under which the funder knows the project, such as JP26K12345."),
    )
    call = SelectField(_l("Programme and call"), [Needed()], choices=[])
    title_ja = StringField(_l("Title in Japanese"), [Tidy(300, required=True)])
    title_en = StringField(_l("Title in English"), [Tidy(300, required=True)])
    starts_on = DayField(_l("Start"))
    ends_on = DayField(_l("End"))

    def validate_number(self, field: Field) -> None:
        """Refuse what cannot be an award number."""
        field.data = narrow(field.data)
        if not is_award_number(field.data):
            raise problem("not_an_award_number")

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the start."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise problem("period_reversed")


class ParticipantForm(Form):
    """A person on a grant."""

    part = SelectField(_l("Part in the grant"), [Needed()], choices=[])
    member = SelectField(
        _l("Account"),
        choices=[],
        description=_l("Members of this institution answer their own part when they sign in."),
    )
    name = StringField(_l("Name"), [Tidy(200, required=True)])
    name_latin = StringField(_l("Name in Latin letters"), [Tidy(200)])
    affiliation = StringField(_l("Institution"), [Tidy(200, required=True)])
    post = StringField(_l("Department and post"), [Tidy(200)])
    researcher_number = StringField(
        _l("e-Rad researcher number"),
        [Tidy(20)],
        description=_l("Eight digits. Leave it empty if there is none."),
    )
    student = MarkField(_l("Student"))

    def validate_researcher_number(self, field: Field) -> None:
        """Refuse what is not eight digits."""
        field.data = narrow(field.data) or None
        if field.data and not is_researcher_number(field.data):
            raise problem("not_a_researcher_number")


class ImportForm(Form):
    """A file of grants."""

    file = FileField(_l("CSV file"), [Needed()])


class EvidenceForm(Form):
    """A file for an answer."""

    file = FileField(_l("File"), [Needed()])
    document_on = DayField(_l("Date of the document"))
    seq = HiddenField()


class PressForm(Form):
    """A button with nothing to fill in."""


class SendForm(Form):
    """Sending for review."""

    note = TextAreaField(_l("Note to the reviewer"), [Tidy(1000, lines=True, printed=False)])


class AttestForm(Form):
    """Certifying."""

    certify = MarkField(_l("I have read the whole and certify the statement above."))

    def validate_certify(self, field: Field) -> None:
        """Refuse without the mark: certifying is an act, not a default."""
        if not field.data:
            raise problem("not_certified")


class CertifyForm(AttestForm):
    """Certifying before the attester, who alone reads the whole."""

    certify = MarkField(_l("I have read this and certify the statement above."))


class InkForm(Form):
    """A sheet that the attester signed in ink."""

    file = FileField(_l("Scan of the signed sheet"), [Needed()], description=_l("PDF, PNG or JPEG."))
    attester = SelectField(_l("Who signed it"), [Needed()], choices=[])
    signed_on = DayField(_l("Day of signing"), [Needed()])
    seen = MarkField(_l("I have seen the original, signed in ink by the person named, and the scan shows it."))

    def validate_seen(self, field: Field) -> None:
        """Refuse without the mark: whoever takes a sheet in vouches for it."""
        if not field.data:
            raise problem("original_not_seen")


class SignedForm(Form):
    """An attestation that one more person signed."""

    file = FileField(_l("The signed PDF"), [Needed()])


class UploadForm(Form):
    """A version to check and propose, as a file or as text."""

    file = FileField(_l("File"))
    text = TextAreaField(_l("Text in YAML"))
    checked = HiddenField()
    act = HiddenField()


class ReasonForm(Form):
    """Why something is withdrawn or taken back."""

    reason = TextAreaField(_l("Reason"), [Tidy(1000, required=True, lines=True, printed=False)])
