"""Keys follow one another: the next takes over at its moment, and what the old one sealed stays sealed."""

import shutil
from datetime import timedelta

import pytest
from pydantic import SecretStr

from app.signing import keyfiles
from app.signing.errors import SealUnavailableError
from app.signing.keys import fingerprint, in_charge, kept, load_seal
from app.signing.rotation import bring, find, make_seal, take_over
from app.signing.seal import seal
from app.signing.unlocking import OPEN, Unlocking
from app.signing.validate import validate
from tests.signing.conftest import AT, CODE, NAME

DAY = timedelta(days=1)
WORDS = SecretStr("correct horse battery staple")


@pytest.fixture(scope="module")
def rotated(tmp_path_factory, keys):
    """A folder in which a second seal takes over ten days after the first."""
    folder = tmp_path_factory.mktemp("rotated") / "keys"
    shutil.copytree(keys, folder)
    make_seal(folder, CODE, NAME, at=AT, starts_at=AT + 10 * DAY)
    return folder


@pytest.fixture
def folder(tmp_path, rotated):
    shutil.copytree(rotated, tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def bought(tmp_path, rotated):
    """A folder as it comes from an authority: a plain key and its certificate."""
    source = tmp_path / "bought"
    shutil.copytree(kept(rotated, CODE)[1].folder, source)
    (source / "starts").unlink()
    return source


def test_the_next_seal_takes_over_at_its_moment_and_both_verify(folder, sealed):
    first, second = kept(folder, CODE)
    for moment, expected in ((AT, first), (AT + 10 * DAY - timedelta(seconds=1), first), (AT + 10 * DAY, second)):
        assert load_seal(folder, CODE, at=moment).certificate == expected.certificate
        assert in_charge([first, second], moment) == expected
    for moment in (AT, AT + 11 * DAY):
        own = load_seal(folder, CODE, at=moment)
        pdf = seal(sealed.plain, own, moment, timestamper=sealed.times.timestamper(moment))
        report = validate(pdf, sealed.anchors, AT + 12 * DAY)
        assert report.good
        assert report.signer.fingerprint == fingerprint(own.certificate)


def test_the_old_seal_still_seals_while_the_next_is_prepared(folder):
    assert load_seal(folder, CODE, at=AT + 9 * DAY).certificate == kept(folder, CODE)[0].certificate


def test_a_seal_takes_over_earlier_when_it_is_promoted(folder):
    second = kept(folder, CODE)[1]
    take_over(folder, CODE, second.serial, AT + DAY)
    assert load_seal(folder, CODE, at=AT + DAY).certificate == second.certificate
    for written in (second.serial.upper(), "00" + second.serial, ":".join(second.serial)):
        assert find(folder, CODE, written).certificate == second.certificate


def test_one_cannot_take_over_outside_of_its_dates_or_without_being_there(folder):
    second = kept(folder, CODE)[1]
    for moment, expected in ((AT - DAY, "seal_not_yet_valid"), (AT + 4000 * DAY, "seal_expired")):
        with pytest.raises(SealUnavailableError) as refusal:
            take_over(folder, CODE, second.serial, moment)
        assert refusal.value.reason == expected
        with pytest.raises(SealUnavailableError) as refusal:
            make_seal(folder, CODE, NAME, at=AT, starts_at=moment)
        assert refusal.value.reason == expected
    with pytest.raises(SealUnavailableError) as refusal:
        take_over(folder, CODE, "abc", AT)
    assert refusal.value.reason == "seal_missing"
    assert [one.starts_at for one in kept(folder, CODE)] == [AT, AT + 10 * DAY]


def test_the_only_seal_does_not_seal_before_it_starts(folder):
    first, second = kept(folder, CODE)
    shutil.rmtree(first.folder)
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(folder, CODE, at=AT)
    assert refusal.value.reason == "seal_not_yet_valid"
    assert load_seal(folder, CODE, at=AT + 10 * DAY).certificate == second.certificate


def test_folders_of_before_there_were_moments_go_by_their_certificates(folder):
    first, second = kept(folder, CODE)
    (first.folder / "starts").unlink()
    make_seal(folder, CODE, NAME, at=AT + DAY)
    for one in kept(folder, CODE):
        (one.folder / "starts").unlink(missing_ok=True)
    newest = kept(folder, CODE)[-1]
    assert load_seal(folder, CODE, at=AT + DAY).certificate == newest.certificate
    assert newest.certificate not in {first.certificate, second.certificate}


@pytest.mark.parametrize("content", [b"soon", b"2026-13-01", b"\xff", b""])
def test_a_damaged_moment_stops_the_institution_rather_than_choosing_another_key(folder, content):
    (kept(folder, CODE)[1].folder / "starts").write_bytes(content)
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(folder, CODE, at=AT)
    assert refusal.value.reason == "seal_unreadable"


def test_a_bought_seal_is_brought_encrypted_and_the_source_left_as_it_is(tmp_path, bought):
    before = {file.name: file.read_bytes() for file in bought.iterdir()}
    unlocking = Unlocking(WORDS, strict=True)
    one = bring(tmp_path / "keys", CODE, bought, starts_at=AT, unlocking=unlocking)
    assert keyfiles.encrypted(one.folder)
    assert load_seal(tmp_path / "keys", CODE, at=AT, unlocking=unlocking).certificate == one.certificate
    assert {file.name: file.read_bytes() for file in bought.iterdir()} == before


def test_what_cannot_be_used_is_not_brought(tmp_path, bought, keys, folder):
    def refused(place, unlocking=OPEN, starts=AT) -> str:
        there = sorted(folder.rglob("*"))
        with pytest.raises(SealUnavailableError) as refusal:
            bring(folder, CODE, place, starts_at=starts, unlocking=unlocking)
        assert sorted(folder.rglob("*")) == there
        return refusal.value.reason

    assert refused(bought) == "seal_known"
    shutil.copy(keys / "authority" / "key.pem", bought / "key.pem")
    assert refused(bought) == "seal_mismatch"
    assert refused(tmp_path) == "seal_missing"
    fresh = kept(folder, CODE)[0]
    shutil.copytree(fresh.folder, tmp_path / "fresh")
    shutil.rmtree(fresh.folder)
    assert refused(tmp_path / "fresh", starts=AT - DAY) == "seal_not_yet_valid"
    assert refused(tmp_path / "fresh", unlocking=Unlocking(strict=True)) == "seal_plain"
    assert bring(folder, CODE, tmp_path / "fresh", starts_at=AT, unlocking=OPEN).certificate == fresh.certificate


def test_the_institution_keeps_its_keys_apart_from_one_whose_code_begins_alike(folder):
    make_seal(folder, f"{CODE}-2", NAME, at=AT)
    assert len(kept(folder, CODE)) == 2
    assert len(kept(folder, f"{CODE}-2")) == 1
