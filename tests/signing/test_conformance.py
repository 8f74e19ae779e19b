"""Sealing keeps a page within PDF/A-3a and PDF/UA-1, as an independent validator finds."""

from tests.pdf.tools import conformance


def test_a_sealed_file_conforms_as_the_unsigned_one_does(sealed, tmp_path):
    files = {tmp_path / "plain.pdf": sealed.plain, tmp_path / "sealed.pdf": sealed.pdf}
    for path, content in files.items():
        path.write_bytes(content)
    assert conformance(*files) == {path: [] for path in files}
