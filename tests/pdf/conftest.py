"""One confirmation drawn for all tests that only look at it."""

import pytest

from app.domain.attestation import record_bytes
from app.pdf.confirmation import render
from tests.pdf.records import a_record, enclosed
from tests.pdf.tools import Drawn


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    record = a_record(sections=3, items=24)
    data = record_bytes(record)
    path = tmp_path_factory.mktemp("drawn") / "confirmation.pdf"
    path.write_bytes(render(record, data, enclosed(record)))
    return Drawn(record, data, path)


@pytest.fixture
def draw(tmp_path):
    """Return a function that draws a record and tells what is on its pages."""

    def drawing(record):
        data = record_bytes(record)
        path = tmp_path / "confirmation.pdf"
        path.write_bytes(render(record, data, enclosed(record)))
        return Drawn(record, data, path)

    return drawing
