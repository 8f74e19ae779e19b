"""The instruction in Japanese works as it is written, with common tools, and refuses where it must."""

import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from app.signing.timestamps import TimeAuthority
from tests.offline import papers
from tests.offline.keys import OURS
from tests.offline.parts import issue, note, proof, record, tree, vkey, written

TEXT = (Path(__file__).parents[2] / "docs" / "verification" / "instruction.ja.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.S)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a holder has: the file, what the QR code says, a checkpoint with its time-stamp, and the anchors."""
    found = papers.believed()
    made = tree({papers.PLACE: issue(record())}, papers.SIZE)
    checkpoint = note(made)
    (tmp_path / "attestation.pdf").write_bytes(papers.right())
    (tmp_path / "seals.pem").write_bytes(found.seals[0].public_bytes(Encoding.PEM))
    (tmp_path / "time-stamps.pem").write_bytes(found.times[0].public_bytes(Encoding.PEM))
    (tmp_path / "ledger.vkey").write_text(vkey() + "\n")
    (tmp_path / "statement.jws").write_bytes(papers.enclosures()["attestation.jws"])
    (tmp_path / "attestation.tlog-proof").write_text(proof(made, papers.PLACE).text)
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "checkpoint").write_text(checkpoint)
    token = TimeAuthority(OURS).stamp(checkpoint.encode(), papers.SEALED_AT)
    (tmp_path / "ledger" / "checkpoint.tsr").write_bytes(token)
    return tmp_path


def follow(folder: Path, *blocks: str) -> subprocess.CompletedProcess[str]:
    """Run the commands of some steps one after the other, as they are printed."""
    # certificates of tests expire as others do; the instruction says what to give then
    script = re.sub(
        r"openssl (cms|ts) -verify", rf"\g<0> -attime {int(papers.SEALED_AT.timestamp()) + 60}", "\n".join(blocks)
    )
    return subprocess.run(
        ["sh", "-e", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_fits_on_a_page_and_has_a_step_for_each_verdict() -> None:
    assert len(TEXT.splitlines()) <= 65
    assert len(BLOCKS) == 4
    assert re.findall(r"^## (\d)\.", TEXT, re.M) == ["1", "2", "3", "4", "5"]


def test_every_step_works_as_it_is_written(folder: Path) -> None:
    done = follow(folder, *BLOCKS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    assert "Verification: OK" in done.stdout + done.stderr
    assert '"iss":"seiran-u"' in done.stdout
    assert (folder / "attestation.json").read_bytes() == written(record())


def test_a_changed_file_a_changed_statement_and_a_changed_checkpoint_are_refused(folder: Path) -> None:
    _, seal, statement, ledger = BLOCKS
    (folder / "attestation.pdf").write_bytes(papers.flipped(papers.right(), b"/MediaBox"))
    assert follow(folder, seal).returncode != 0
    text = (folder / "statement.jws").read_text()
    place = text.rindex(".") + 10
    (folder / "statement.jws").write_text(text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :])
    assert "Verified Successfully" not in follow(folder, statement).stdout
    (folder / "statement.jws").write_text(text)
    whole = (folder / "attestation.tlog-proof").read_text()
    (folder / "attestation.tlog-proof").write_text(whole.replace(f"\n{papers.SIZE}\n", "\n12\n"))
    assert follow(folder, statement, ledger).stdout.count("Signature Verified Successfully") == 1
