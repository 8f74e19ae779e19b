"""Versions on disk: the real file, the lock, and damaged copies that are refused with the line."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from app.catalog.strict import CatalogError
from app.catalog.versions import (
    LISTS,
    LOCK,
    Locked,
    VersionFile,
    codes_of,
    load_all,
    load_version,
    read_lock,
    tampered,
    version_files,
    write_lock,
)
from app.domain.attestation import canonical, sha256
from app.domain.compiling import compiled_form, restore

CHECKLISTS = Path(__file__).parents[2] / "checklists"
FAMILY, NUMBER = "research-security-integrity", "2.0.0"
REAL = CHECKLISTS / FAMILY / f"{NUMBER}.yaml"


@cache
def real() -> VersionFile:
    return load_version(REAL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of one family and its lists, for damaging."""
    for name in (FAMILY, LISTS):
        shutil.copytree(CHECKLISTS / name, tmp_path / "checklists" / name)
    return tmp_path / "checklists"


def damage(folder: Path, *changes: tuple[str, str]) -> list[int]:
    """Replace texts, each found once, in the copy; return the lines where they stood."""
    file = folder / FAMILY / REAL.name
    text = file.read_text("utf-8")
    lines = []
    for before, after in changes:
        assert text.count(before) == 1, before
        lines.append(text[: text.index(before)].count("\n") + 1)
        text = text.replace(before, after)
    file.write_text(text, "utf-8")
    return lines


def faults(folder: Path) -> list[tuple[int, str]]:
    with pytest.raises(CatalogError) as caught:
        load_version(folder / FAMILY / REAL.name)
    assert caught.value.name == f"{FAMILY}/{REAL.name}"
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_the_real_version_loads_with_its_bytes_its_hash_and_its_lists() -> None:
    file = real()
    assert (file.checklist.family, file.checklist.version) == (FAMILY, NUMBER)
    assert file.source == REAL.read_bytes()
    assert file.sha256 == sha256(canonical(file.data))
    assert {use.sha256 for use in file.checklist.lists} == {one.sha256 for one in file.lists}
    assert codes_of(file.lists[0].content)["JP"] == ("日本", "Japan")


def test_every_published_family_agrees_with_its_lock() -> None:
    files = load_all(CHECKLISTS)
    assert files
    for file in files:
        locked = read_lock(CHECKLISTS / file.checklist.family)[file.checklist.version]
        assert locked == Locked(file.sha256, sha256(file.source))
    assert tampered(CHECKLISTS) == []


def test_the_compiled_form_finds_options_by_item_too() -> None:
    """Scales are resolved in the index as well as in the sections: they are the same items."""
    checklist = real().checklist
    for section in checklist.sections:
        for item in section.items:
            assert checklist.items[item.id] is item
            assert all(checklist.items[inner.id] is inner for inner in item.items)


def test_a_compiled_version_stored_as_json_reads_back_the_same() -> None:
    checklist = real().checklist
    stored = compiled_form(checklist)
    assert restore(json.loads(json.dumps(stored))) == checklist
    assert "scales" not in stored


def test_comments_and_layout_do_not_change_the_content_hash_but_a_locked_file_keeps_its_bytes(folder: Path) -> None:
    damage(folder, ("# A1 ---", "# another comment ---"))
    assert load_version(folder / FAMILY / REAL.name).sha256 == real().sha256
    assert tampered(folder) == [f"{FAMILY}/{REAL.name}"]
    with pytest.raises(CatalogError, match="not what was locked"):
        load_all(folder)


def test_a_locked_file_that_is_gone_is_told(folder: Path) -> None:
    (folder / FAMILY / REAL.name).unlink()
    assert tampered(folder) == [f"{FAMILY}/{REAL.name}"]
    with pytest.raises(CatalogError, match="locked but its file is missing"):
        load_all(folder)


def test_a_lock_that_cannot_be_read_is_a_fault_and_no_crash(folder: Path) -> None:
    for broken in ("", "[]", '{"versions": {"2.0.0": "abc"}}', '{"versions": 3}'):
        (folder / FAMILY / LOCK).write_text(broken, "utf-8")
        with pytest.raises(CatalogError, match="the lock cannot be read"):
            load_all(folder)


# what is replaced, with what, and the fault it makes at the item or condition that holds it
MISLEADING = [
    ("{fact: call.head_consent, eq", "{fact: call.heads_consent, eq", "there is no fact call.heads_consent"),
    (
        '- {item: scope.designated, ne: "yes"}',
        '- {item: scope.designate, ne: "yes"}',
        "there is no item scope.designate",
    ),
    ("edition_of: list-checks.list", "edition_of: list-checks.lists", "edition_of names list-checks.lists"),
    ("must_differ_from: [risk.judgement]", "must_differ_from: [risk.no]", "must_differ_from names risk.no"),
    ("list: countries\n", "list: country\n", "the list country is not pinned under lists"),
    ("- id: list-checks.people\n", "- id: list-checks.edition\n", "the id list-checks.edition is used twice"),
    ("label_from: measures.what", "label_from: measures.whatever", "label_from names measures.whatever"),
]
MISSHAPEN = [
    ('effective: {from: "2026-04-01"}', 'effective: {from: "2026-04-31"}'),
    ("- id: roster.count\n", "- id: Roster.count\n"),
    ('number: "A-09"\n', 'nummer: "A-09"\n'),
    ("must_differ_from: [risk.judgement]", "must_differ_from: risk.judgement"),
    ("{role: attester, order: 1,", "{role: attester, order: first,"),
    ("valid_for_days: 365", "valid_for_days: 365 days"),
]


def test_faults_planted_in_the_real_file_are_all_told_at_once_each_near_its_line(folder: Path) -> None:
    planted = damage(folder, *(change[:2] for change in MISLEADING))
    found = faults(folder)
    for line, (_, _, message) in zip(planted, MISLEADING, strict=True):
        (told,) = [told for told, text in found if text.startswith(message)]
        assert line - 25 <= told <= line, message
    assert len(found) == len(MISLEADING)


def test_faults_of_shape_planted_in_the_real_file_are_all_told_at_once_at_their_very_lines(folder: Path) -> None:
    planted = damage(folder, *MISSHAPEN)
    found = faults(folder)
    assert {line for line, _ in found} == set(planted)
    assert len(found) == len(MISSHAPEN)


@pytest.mark.parametrize(
    ("before", "after"), [('version: "2.0.0"', 'version: "2.0.1"'), (f"family: {FAMILY}", "family: x")]
)
def test_family_and_number_are_those_of_the_place(folder: Path, before: str, after: str) -> None:
    file = folder / FAMILY / REAL.name
    file.write_text(file.read_text("utf-8").replace(before, after, 1), "utf-8")
    assert faults(folder) == [(1, "family and version are those of the file's place")]


def test_a_list_that_is_gone_is_told_where_it_is_pinned(folder: Path) -> None:
    line = REAL.read_text("utf-8").splitlines().index("lists:") + 2
    (folder / "lists" / "countries-2026-11.json").unlink()
    assert faults(folder) == [(line, "there is no list countries-2026-11")]


def test_a_damaged_list_is_told_with_the_hash_it_has_now(folder: Path) -> None:
    line = REAL.read_text("utf-8").splitlines().index("lists:") + 2
    file = folder / "lists" / "countries-2026-11.json"
    file.write_bytes(file.read_bytes().replace(b"Japan", b"Nippon"))
    ((told, text),) = faults(folder)
    assert told == line
    assert text == f"the list countries-2026-11 has the hash {sha256(file.read_bytes())}"


def test_the_same_number_with_other_content_is_refused_at_the_start(folder: Path) -> None:
    damage(folder, ("valid_for_days: 365", "valid_for_days: 366"))
    changed = load_version(folder / FAMILY / REAL.name).sha256
    with pytest.raises(CatalogError) as caught:
        load_all(folder)
    name = f"{FAMILY}/2.0.0.yaml"
    sentence = f"{FAMILY}/{LOCK}:1:1: {name} has the content {changed}, which is not what was locked"
    assert str(caught.value) == sentence


def test_the_same_number_with_other_content_is_never_locked(folder: Path) -> None:
    before = (folder / FAMILY / LOCK).read_bytes()
    damage(folder, ("valid_for_days: 365", "valid_for_days: 366"))
    with pytest.raises(CatalogError, match=r"2\.0\.0 is locked with other content"):
        write_lock(folder / FAMILY, [load_version(folder / FAMILY / REAL.name)])
    assert (folder / FAMILY / LOCK).read_bytes() == before


def test_a_version_that_was_never_locked_is_refused_until_it_is(folder: Path) -> None:
    (folder / FAMILY / LOCK).unlink()
    assert read_lock(folder / FAMILY) == {}
    with pytest.raises(CatalogError, match=r"1\.0\.0 is not locked\n.*2\.0\.0 is not locked"):
        load_all(folder)
    write_lock(folder / FAMILY, [load_version(path) for path in version_files(folder / FAMILY)])
    assert (folder / FAMILY / LOCK).read_bytes() == (CHECKLISTS / FAMILY / LOCK).read_bytes()
    assert load_all(folder)


def test_locking_a_new_version_keeps_the_old_ones(folder: Path) -> None:
    text = (folder / FAMILY / REAL.name).read_text("utf-8")
    new = folder / FAMILY / "2.0.1.yaml"
    new.write_text(text.replace('version: "2.0.0"', 'version: "2.0.1"', 1), "utf-8")
    write_lock(folder / FAMILY, [load_version(new)])
    assert sorted(read_lock(folder / FAMILY)) == ["1.0.0", "2.0.0", "2.0.1"]
    found = [file.checklist.version for file in load_all(folder) if file.checklist.family == FAMILY]
    assert found == ["1.0.0", "2.0.0", "2.0.1"]
