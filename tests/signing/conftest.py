"""One authority, one seal, one sealed confirmation for all tests that only look at them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from app.domain.attestation import record_bytes
from app.pdf.confirmation import render
from app.signing.authority import load_root, make_authority
from app.signing.keys import Seal, load_seal
from app.signing.rotation import make_seal
from app.signing.seal import seal
from tests.pdf.records import a_record, enclosed, text

AT = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
CODE = "seiran-u"
NAME = text("国立大学法人青嵐大学", "Seiran University")


@dataclass(frozen=True)
class Sealed:
    """A sealed confirmation and what went into it."""

    data: bytes
    plain: bytes
    pdf: bytes
    seal: Seal
    root: x509.Certificate


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder, at=AT)
    make_seal(folder, CODE, NAME, at=AT)
    return folder


@pytest.fixture(scope="session")
def sealed(keys) -> Sealed:
    record = a_record(sections=1, items=2, sample=True)
    data = record_bytes(record)
    plain = render(record, data, enclosed(record))
    its_seal = load_seal(keys, CODE, at=AT)
    return Sealed(data, plain, seal(plain, its_seal, AT, timestamper=None), its_seal, load_root(keys))
