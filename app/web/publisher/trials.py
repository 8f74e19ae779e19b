"""What is supposed when a version is tried out: the form of facts, people, rows and onlooker."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from app.domain import labels
from app.domain.answers import displayable
from app.domain.checklist import Checklist, Stage
from app.domain.compiling import placed
from app.domain.conditions import Condition
from app.domain.errors import InvalidError
from app.domain.facts import FACTS, FactKind, FactValue
from app.domain.inventing import facts_that_fit
from app.services.checklists import Compiled
from app.services.previews import EVERYBODY, MOST_ROWS, VIEWPOINTS, Trial, typed_groups
from app.web.checklists import outlines
from app.web.forms import DayField, Form, Tidy
from app.web.languages import text
from app.web.messages import sentence

_MOST_PEOPLE = 20
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100


class TrialForm(Form):
    """The common part: who looks, and how many people take part."""

    role = SelectField(_l("Seen by"), choices=[])
    people = SelectField(_l("People taking part"), choices=[])


class YearField(StringField):
    """A fiscal year typed as text; ``data`` is a number or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the year, keeping what was typed when it is none."""
        self.typed = displayable(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if self.typed:
            four = self.typed.isascii() and self.typed.isdigit() and len(self.typed) == 4
            if not four or not _EARLIEST_YEAR <= int(self.typed) <= _LATEST_YEAR:
                raise ValueError(sentence(InvalidError("not_a_year")))
            self.data = int(self.typed)

    def _value(self) -> str:
        typed: str | None = getattr(self, "typed", None)
        return typed if typed is not None else str(self.data or "")


def fact_field(name: str) -> str:
    """Return the name of a fact's field."""
    return "fact-" + name.replace(".", "-")


def rows_field(group: str) -> str:
    """Return the name of the field that says how many rows a group has."""
    return "rows-" + group.replace(".", "-")


def form_for(checklist: Checklist) -> TrialForm:
    """Return the form that fits a version: every fact, and the groups whose rows people add."""
    fields: dict[str, Any] = {fact_field(name): _field(name, kind, checklist) for name, kind in FACTS.items()}
    for group in typed_groups(checklist):
        most = min(group.repeat.max if group.repeat else MOST_ROWS, MOST_ROWS)
        fields[rows_field(group.id)] = SelectField(text(group.text), choices=_numbers(0, most))
    form: TrialForm = type("TrialFormOfVersion", (TrialForm,), fields)()
    form.role.choices = [SelectChoice(code, _seen_by(code)) for code in VIEWPOINTS]
    form.people.choices = _numbers(1, _MOST_PEOPLE)
    return form


def _numbers(least: int, most: int) -> list[SelectChoice]:
    return [SelectChoice(str(each), str(each)) for each in range(least, most + 1)]


def _seen_by(code: str) -> str:
    return _("everybody at once") if code == EVERYBODY else text(labels.respondent(code))


def _field(name: str, kind: FactKind, checklist: Checklist) -> Any:
    label = text(labels.FACT_NAMES[name])
    if name == "stage":
        stages = outlines.stages(checklist) or list(labels.STAGES)
        return SelectField(
            label, choices=[SelectChoice(stage.value, text(labels.STAGES[stage])) for stage in stages]
        )
    if kind.values:
        known = [SelectChoice(value, text(labels.fact_value(name, value))) for value in kind.values]
        return SelectField(label, choices=[SelectChoice("", _("not known")), *known])
    if kind.day:
        return DayField(label)
    return YearField(label) if kind.type is int else StringField(label, [Tidy(60, printed=False)])


def looked_at(checklist: Checklist) -> set[str]:
    """Return the facts that a version looks at anywhere."""
    conditions: list[Condition | None] = [checklist.applies_when]
    conditions += [section.show_when for section in checklist.sections]
    for _path, item, _group in placed(checklist):
        conditions += [item.show_when, *(rule.when for rule in item.rules)]
        conditions += [one.required_when for one in item.evidence] + [branch.if_ for branch in item.value_when]
    return {part.fact for one in conditions if one is not None for part in one.walk() if part.fact} | {"stage"}


def begin(form: TrialForm, checklist: Checklist, year: int) -> None:
    """Put into an empty form what makes the version apply, as far as its condition tells."""
    stages = outlines.stages(checklist)
    stage = Stage.AWARD if Stage.AWARD in stages or not stages else stages[0]
    known: dict[str, FactValue] = {"stage": stage.value, "call.fiscal_year": year, "fiscal_year": year}
    for name, value in facts_that_fit(checklist.applies_when, known).items():
        field = form[fact_field(name)]
        field.data = date.fromisoformat(str(value)) if FACTS[name].day else value
    form.role.data, form.people.data = EVERYBODY, "2"
    for group in typed_groups(checklist):
        form[rows_field(group.id)].data = str(max(group.repeat.min if group.repeat else 0, 1))


def trial_of(form: TrialForm, compiled: Compiled) -> Trial:
    """Return what the form supposes; what could not be read is not known."""
    facts: dict[str, FactValue] = {}
    for name, kind in FACTS.items():
        field = form[fact_field(name)]
        value = field.data.isoformat() if kind.day and field.data else field.data
        if value not in {None, ""} and not field.errors and kind.known(value):
            facts[name] = value
    number = int(form.people.data) if str(form.people.data or "").isdigit() else 1
    rows = {}
    for group in typed_groups(compiled.checklist):
        typed = str(form[rows_field(group.id)].data or "")
        rows[group.id] = min(int(typed), MOST_ROWS) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
    viewpoint = form.role.data if form.role.data in VIEWPOINTS else EVERYBODY
    people = [_("Principal investigator")]
    people += [_("Participant %(number)s", number=place + 1) for place in range(1, min(number, _MOST_PEOPLE))]
    return Trial(facts, people, rows, viewpoint)
