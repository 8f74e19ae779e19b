"""What a newer version must get right against earlier ones of its family: no answer is lost or misread.

Decided here, told in docs/checklists/comparing.md: an option may go without a mapping only where the item stands
under ``reconfirm``, since what was chosen then has to be answered anew. The kind of an item may change on the same
terms, but never to or from a group.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.checklist import Checklist, Item, Kind, StatementText
from app.domain.comparing import compare
from app.domain.compiling import placed
from app.domain.faults import Path, Problem
from app.domain.naming import number_of
from app.domain.pairing import Pairing
from app.domain.succession import ChangeClass, Succession
from app.domain.texts import Text

_REASONS_TOLD = 3


def problems(after: Checklist, earlier: Sequence[Checklist]) -> Iterator[Problem]:
    """Yield what is wrong in how ``after`` follows the earlier versions of its family, in any order."""
    ordered = sorted(earlier, key=lambda one: number_of(one.version))
    claim = after.supersedes
    if not ordered:
        if claim is not None:
            yield ("supersedes",), "there is no earlier version to supersede"
        return
    newest = ordered[-1]
    if claim is None:
        yield ("version",), f"the version follows {newest.version} and needs supersedes"
        return
    if claim.version != newest.version:
        yield (
            ("supersedes", "version"),
            f"the version before this one is {newest.version}, not {claim.version}",
        )
        return
    yield from _kept(newest, after, claim)
    yield from _removed(newest, after, claim)
    yield from _renamed(newest, after, claim)
    yield from _options(newest, after, claim)
    yield from _marks(newest, after, claim)
    yield from _kinds(newest, after, claim)
    yield from _returned(ordered, after)
    yield from _statement(ordered, after)
    too_low = list(_class(newest, after, claim))
    # a number that fits a claim which is too low would be the wrong one
    yield from too_low or _number(after, claim)


def _number(after: Checklist, claim: Succession) -> Iterator[Problem]:
    wanted = next_number(claim.version, claim.change)
    if after.version != wanted:
        yield ("version",), f"a {claim.change.value} change of {claim.version} has the number {wanted}"


def next_number(version: str, change: ChangeClass) -> str:
    """Return the number that follows ``version`` when so much changes (SemVer 2.0.0, §6 to §8)."""
    major, minor, patch = number_of(version)
    if change is ChangeClass.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if change is ChangeClass.MINOR else f"{major}.{minor}.{patch + 1}"


def _kept(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    told = {*after.items, *claim.renamed, *claim.removed}
    for name in before.items:
        if name not in told:
            yield (
                ("supersedes", "removed"),
                f"{name} of {before.version} is gone: keep it, or name it under renamed or removed",
            )


def _removed(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    for number, name in enumerate(claim.removed):
        path = ("supersedes", "removed", number)
        if name in claim.removed[:number]:
            yield path, f"{name} stands twice under removed"
        elif name not in before.items:
            yield path, f"{name} was not in {before.version}, so it cannot be removed"
        elif name in after.items:
            yield path, f"{name} stands under removed and still is there"
        elif name in claim.renamed:
            yield path, f"{name} stands under removed and under renamed"


def _renamed(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    targets = list(claim.renamed.values())
    for number, (old, new) in enumerate(claim.renamed.items()):
        path = ("supersedes", "renamed", old)
        if old not in before.items:
            yield path, f"{old} was not in {before.version}, so it cannot be renamed"
        elif old in after.items:
            yield path, f"{old} stands under renamed and still is there"
        elif new not in after.items:
            yield path, f"{old} is renamed to {new}, which is not there"
        elif new in before.items:
            yield path, f"{old} is renamed to {new}, which was there before and means something else"
        elif new in targets[:number]:
            yield path, f"two items are renamed to {new}"


def _options(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    pairing = Pairing(before, after)
    for name in claim.options:
        yield from _mapping(pairing, name, claim.options[name])
    for new_id, old_id in pairing.partners.items():
        old, new = before.items[old_id], after.items[new_id]
        here = {option.value for option in new.choices}
        told = {value for name in (old_id, new_id) for value in claim.options.get(name, ())}
        gone = [value for value in (option.value for option in old.choices) if value not in here | told]
        if gone and new.choices and new_id not in claim.reconfirm:
            yield (
                ("supersedes", "options", old_id),
                f"{old_id} loses the option {', '.join(gone)}: map it under options, "
                f"or put {new_id} under reconfirm so that it is answered anew",
            )


def _mapping(pairing: Pairing, name: str, told: dict[str, str]) -> Iterator[Problem]:
    path = ("supersedes", "options", name)
    # an item is named as it was; by the name it has now only where nothing was called so
    old_id = name if name in pairing.before.items else pairing.partners.get(name, "")
    old = pairing.before.items.get(old_id)
    new = pairing.after.items.get(pairing.name(old_id))
    if old is None:
        yield path, f"{name} was not in {pairing.before.version}, so its options cannot be mapped"
        return
    if new is None:
        yield path, f"{name} is gone, so its options cannot be mapped"
        return
    had, has = _values(old), _values(new)
    for value, target in told.items():
        if value not in had:
            yield (*path, value), f"{name} had no option {value}"
        elif value in has:
            yield (*path, value), f"the option {value} of {name} still is there"
        elif target not in has:
            yield (*path, value), f"{new.id} has no option {target}"


def _values(item: Item) -> set[str]:
    return {option.value for option in item.choices}


def _marks(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    partners = Pairing(before, after).partners
    for field, names in (("reconfirm", claim.reconfirm), ("editorial", claim.editorial)):
        for number, name in enumerate(names):
            path = ("supersedes", field, number)
            if name in names[:number]:
                yield path, f"{name} stands twice under {field}"
            elif name not in after.items:
                yield path, f"{field} names {name}, which is no item"
            elif name not in partners:
                yield path, f"{name} is new, so it has no place under {field}"
            elif field == "editorial" and not _reworded(before.items[partners[name]], after.items[name]):
                yield path, f"the words of {name} did not change, so it has no place under editorial"


def _reworded(old: Item, new: Item) -> bool:
    return _words(old) != _words(new)


def _words(item: Item) -> tuple[object, ...]:
    options = {option.value: option.label for option in item.choices}
    rules = {rule.id: rule.message for rule in item.rules}
    evidence = {one.id: one.label for one in item.evidence}
    return item.text, item.help, item.origin_reason, options, rules, evidence


def _kinds(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    """Another kind is another question, unless the author says that it must be confirmed anew."""
    partners = Pairing(before, after).partners
    for path, item, _ in placed(after):
        old = before.items.get(partners.get(item.id, ""))
        if old is None or old.kind is item.kind:
            continue
        said = f"{item.id} was {old.kind.value} and is {item.kind.value}"
        if Kind.GROUP in {old.kind, item.kind}:
            yield (*path, "kind"), f"{said}: a group and an answer never share an id"
        elif old.id != item.id:
            yield (*path, "kind"), f"{said}: only an item of the same kind can be renamed"
        elif item.id not in claim.reconfirm:
            yield (*path, "kind"), f"{said}: give it another id, or put it under reconfirm"


def _returned(ordered: Iterable[Checklist], after: Checklist) -> Iterator[Problem]:
    """An id that was taken out never comes back: old answers stand under it."""
    left: dict[str, str] = {}
    seen: set[str] = set()
    for one in ordered:
        left |= {name: one.version for name in seen - set(one.items) if name not in left}
        seen |= set(one.items)
    for path, item, _ in placed(after):
        if item.id in left:
            yield (*path, "id"), f"{item.id} was taken out with {left[item.id]}, and an id never comes back"


def _statement(ordered: Iterable[Checklist], after: Checklist) -> Iterator[Problem]:
    """The statement has its own version: other words have another, and the same one the same words."""
    earlier = list(ordered)
    said = {one.attestation.statement.version: one.attestation.statement.text for one in earlier}
    yield from _worded(said, after.attestation.statement, ("attestation", "statement", "version"))
    for s, signatory in enumerate(after.attestation.signatories):
        of_role = [
            each.statement
            for one in earlier
            for each in one.attestation.signatories
            if each.role == signatory.role and each.statement
        ]
        if signatory.statement and of_role:
            path: Path = ("attestation", "signatories", s, "statement", "version")
            yield from _worded({one.version: one.text for one in of_role}, signatory.statement, path)


def _worded(said: Mapping[str, Text], new: StatementText, path: Path) -> Iterator[Problem]:
    newest = max(said, key=number_of)
    if new.version in said:
        if said[new.version] != new.text:
            yield path, f"the statement {new.version} had other words: give these words a version of their own"
    elif number_of(new.version) < number_of(newest):
        yield path, f"the statement was at version {newest} already"


def _class(before: Checklist, after: Checklist, claim: Succession) -> Iterator[Problem]:
    comparison = compare(before, after)
    if not comparison.claims_too_little:
        return
    worst = [one.words.en for one in comparison.differences if one.change is comparison.least]
    more = f" (and {len(worst) - _REASONS_TOLD} more)" if len(worst) > _REASONS_TOLD else ""
    yield (
        ("supersedes", "change"),
        f"the change is {comparison.least.value}, not {claim.change.value}: "
        f"{' '.join(worst[:_REASONS_TOLD])}{more}",
    )
