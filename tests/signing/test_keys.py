"""The development authority and the seals it issues."""

import threading
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.domain.errors import SealError
from app.signing import keyfiles
from app.signing.authority import DEVELOPMENT_AUTHORITY, load_root, make_authority
from app.signing.errors import SealUnavailableError, UnsealableError
from app.signing.keys import fingerprint, kept, load_seal
from app.signing.rotation import make_seal
from tests.signing.conftest import AT, CODE, NAME


def reason_of(refusal) -> str:
    return refusal.value.reason


def test_the_authority_is_made_once(keys):
    before = fingerprint(load_root(keys))
    make_authority(keys)
    root = load_root(keys)
    assert fingerprint(root) == before
    assert root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == DEVELOPMENT_AUTHORITY
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (root.not_valid_after_utc - AT).days >= 20 * 365


def test_two_processes_that_make_the_authority_at_once_leave_one_whole(tmp_path):
    threads = [threading.Thread(target=make_authority, args=(tmp_path,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.name for each in tmp_path.iterdir()] == ["authority"]
    assert load_seal(tmp_path, make_seal(tmp_path, "u", NAME).folder.name, at=None).development


def test_only_the_owner_may_read_a_key(keys):
    for path in keys.rglob("*.pem"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_seal_names_the_institution_and_may_only_sign_documents(keys):
    certificate = load_seal(keys, CODE, at=AT).certificate
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == NAME.ja
    assert certificate.public_key().key_size == 3072
    assert certificate.signature_hash_algorithm.name == "sha256"
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [purpose.dotted_string for purpose in purposes] == ["1.3.6.1.5.5.7.3.36"]
    certificate.verify_directly_issued_by(load_root(keys))


def test_a_seal_of_the_development_authority_knows_that_it_is_one(keys):
    assert load_seal(keys, CODE, at=AT).development


def test_the_key_is_parsed_once(keys):
    assert load_seal(keys, CODE, at=AT).key is load_seal(keys, CODE, at=AT).key


def test_a_new_seal_takes_the_place_of_the_old_one_which_is_kept(tmp_path):
    make_authority(tmp_path)
    old = make_seal(tmp_path, CODE, NAME).certificate
    assert load_seal(tmp_path, CODE, at=None).certificate == old
    new = make_seal(tmp_path, CODE, NAME).certificate
    assert new.serial_number != old.serial_number
    assert load_seal(tmp_path, CODE, at=None).certificate == new
    assert [one.certificate for one in kept(tmp_path, CODE)] == [old, new]


@pytest.mark.parametrize("code", ["", "../authority", "Seiran-U", "a_b", "a/b", "a.b", "-a", "青嵐"])
def test_a_code_that_cannot_be_a_folder_of_its_own_is_refused(keys, code):
    with pytest.raises(SealUnavailableError) as refusal:
        make_seal(keys, code, NAME)
    assert reason_of(refusal) == "seal_code"


def test_refusals_are_errors_of_the_house():
    assert issubclass(SealUnavailableError, SealError)
    assert issubclass(UnsealableError, SealError)


def test_a_missing_authority_or_seal_is_refused(tmp_path, keys):
    with pytest.raises(SealUnavailableError) as refusal:
        make_seal(tmp_path, CODE, NAME)
    assert reason_of(refusal) == "authority_missing"
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(keys, "elsewhere", at=AT)
    assert reason_of(refusal) == "seal_missing"


def test_a_seal_is_refused_before_and_after_its_dates(keys):
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(keys, CODE, at=AT - timedelta(days=1))
    assert reason_of(refusal) == "seal_not_yet_valid"
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(keys, CODE, at=AT + timedelta(days=3 * 365 + 1))
    assert reason_of(refusal) == "seal_expired"


@pytest.fixture
def broken(tmp_path):
    make_authority(tmp_path)
    return make_seal(tmp_path, CODE, NAME).folder


def test_a_key_that_is_no_rsa_key_is_refused(broken):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content in (b"no key at all", key):
        (broken / "key.pem").write_bytes(content)
        with pytest.raises(SealUnavailableError) as refusal:
            load_seal(broken.parents[1], CODE, at=None)
        assert reason_of(refusal) == "seal_unreadable"


def test_a_key_that_does_not_fit_its_certificate_is_refused(broken):
    (broken / "key.pem").write_bytes((broken.parents[1] / "authority" / "key.pem").read_bytes())
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(broken.parents[1], CODE, at=None)
    assert reason_of(refusal) == "seal_mismatch"


def test_a_full_disk_leaves_no_half_seal(tmp_path, monkeypatch):
    make_authority(tmp_path)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfiles, "_write", full)
    with pytest.raises(OSError, match="No space"):
        make_seal(tmp_path, CODE, NAME)
    monkeypatch.undo()
    with pytest.raises(SealUnavailableError):
        load_seal(tmp_path, CODE, at=None)
    assert make_seal(tmp_path, CODE, NAME).folder.is_dir()
