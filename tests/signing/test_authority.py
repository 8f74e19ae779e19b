"""The development authority's revocation list, as openssl reads it and as others need it."""

import subprocess
import threading
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from app.signing.authority import CRL_PERIOD, crl, load_root, make_authority, revoke, revoked
from app.signing.errors import SealUnavailableError
from app.signing.rotation import make_seal
from tests.signing.conftest import AT, CODE, NAME

HOUR = timedelta(hours=1)


@pytest.fixture
def authority(tmp_path):
    make_authority(tmp_path, at=AT)
    return tmp_path


def test_the_list_is_signed_by_the_authority_and_the_same_for_the_same_moment(authority):
    before = crl(authority, AT)
    told = x509.load_der_x509_crl(before)
    assert told.is_signature_valid(load_root(authority).public_key())
    assert told.issuer == load_root(authority).subject
    assert (told.last_update_utc, told.next_update_utc) == (AT, AT + CRL_PERIOD)
    assert len(told) == 0
    assert crl(authority, AT) == before
    assert crl(authority, AT + HOUR) != before


def test_what_was_revoked_stands_on_every_list_from_its_moment(authority):
    serial = make_seal(authority, CODE, NAME, at=AT).certificate.serial_number
    revoke(authority, serial, AT + HOUR, ReasonFlags.key_compromise)
    assert x509.load_der_x509_crl(crl(authority, AT)).get_revoked_certificate_by_serial_number(serial) is None
    for later in (HOUR, 2 * HOUR, timedelta(days=3000)):
        told = x509.load_der_x509_crl(crl(authority, AT + later))
        entry = told.get_revoked_certificate_by_serial_number(serial)
        assert entry.revocation_date_utc == AT + HOUR
        assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is ReasonFlags.key_compromise


def test_nothing_is_taken_off_and_the_earliest_moment_counts(authority):
    for moment in (AT + HOUR, AT + HOUR, AT, AT + 2 * HOUR):
        revoke(authority, 5, moment, ReasonFlags.superseded)
    assert revoked(authority)[5].at == AT
    assert len(x509.load_der_x509_crl(crl(authority, AT + HOUR))) == 1


def test_two_who_revoke_at_once_leave_one_whole_entry(authority):
    threads = [
        threading.Thread(target=revoke, args=(authority, 5, AT, ReasonFlags.key_compromise)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(revoked(authority)) == [5]
    assert len(list((authority / "authority" / "revoked").iterdir())) == 1


def test_without_an_authority_there_is_no_list(tmp_path):
    for act in (lambda: crl(tmp_path, AT), lambda: revoke(tmp_path, 5, AT, ReasonFlags.unspecified)):
        with pytest.raises(SealUnavailableError) as refusal:
            act()
        assert refusal.value.reason == "authority_missing"


def test_openssl_refuses_a_revoked_seal(authority, tmp_path):
    made = make_seal(authority, CODE, NAME, at=AT)
    (tmp_path / "seal.pem").write_bytes(made.certificate.public_bytes(Encoding.PEM))

    def verified(at) -> subprocess.CompletedProcess:
        (tmp_path / "list.der").write_bytes(crl(authority, at))
        command = ["openssl", "verify", "-crl_check", "-attime", f"{at.timestamp():.0f}"]
        command += ["-CAfile", authority / "authority" / "certificate.pem", "-CRLfile", tmp_path / "list.der"]
        return subprocess.run([*command, tmp_path / "seal.pem"], capture_output=True, text=True, check=False)

    assert verified(AT + HOUR).returncode == 0, verified(AT + HOUR).stderr
    revoke(authority, made.certificate.serial_number, AT + 2 * HOUR, ReasonFlags.key_compromise)
    assert verified(AT + HOUR).returncode == 0
    refused = verified(AT + 3 * HOUR)
    assert refused.returncode != 0
    assert "certificate revoked" in refused.stderr + refused.stdout
