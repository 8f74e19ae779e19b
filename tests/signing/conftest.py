"""One authority, one seal, one sealed confirmation for all tests that only look at them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from app.domain.attestation import Record, record_bytes
from app.pdf.confirmation import render
from app.signing.anchors import Anchors, load_anchors
from app.signing.authority import load_root, make_authority
from app.signing.keys import Seal, load_seal
from app.signing.rotation import make_seal
from app.signing.seal import seal
from app.signing.timestamps import TimeAuthority
from tests.pdf.records import a_record, enclosed, text

AT = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
CODE = "seiran-u"
NAME = text("国立大学法人青嵐大学", "Seiran University")


@dataclass(frozen=True)
class Sealed:
    """A sealed confirmation, what went into it, and whom to believe about it."""

    data: bytes
    plain: bytes
    pdf: bytes
    seal: Seal
    root: x509.Certificate
    anchors: Anchors
    times: TimeAuthority


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder, at=AT)
    make_seal(folder, CODE, NAME, at=AT)
    return folder


@pytest.fixture(scope="session")
def sealed(keys) -> Sealed:
    return sealed_record(keys, a_record(sections=1, items=2, sample=True))


@pytest.fixture(scope="session")
def invited(keys) -> Sealed:
    """A sealed confirmation that two persons may sign."""
    return sealed_record(keys, a_record(sections=1, items=2, sample=True, personal_signatures=2))


def sealed_record(keys: Path, record: Record) -> Sealed:
    data = record_bytes(record)
    plain = render(record, data, enclosed(record))
    its_seal = load_seal(keys, CODE, at=AT)
    times = TimeAuthority(keys)
    persons = record.personal_signatures > 0
    pdf = seal(plain, its_seal, AT, timestamper=times.timestamper(AT), persons=persons)
    return Sealed(data, plain, pdf, its_seal, load_root(keys), load_anchors(None, keys), times)


@pytest.fixture(scope="session")
def aged(sealed, keys, tmp_path_factory):
    from tests.signing import archives

    return archives.aged(sealed, keys, tmp_path_factory.mktemp("second"))
