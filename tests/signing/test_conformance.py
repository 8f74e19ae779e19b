"""Sealing, archiving and renewing keep a page within PDF/A-3a and PDF/UA-1, as an independent validator finds."""

from tests.pdf.tools import conformance


def test_a_file_conforms_at_every_age_as_the_unsigned_one_does(aged, tmp_path):
    files = {
        tmp_path / "plain.pdf": aged.sealed.plain,
        tmp_path / "sealed.pdf": aged.sealed.pdf,
        tmp_path / "archived.pdf": aged.archived,
        tmp_path / "renewed.pdf": aged.renewed,
    }
    for path, content in files.items():
        path.write_bytes(content)
    assert conformance(*files) == {path: [] for path in files}
