"""Notes, keys, checkpoints and proofs: the exact bytes of C2SP, and nothing else is taken for one."""

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.domain import ledger, merkle
from app.domain.attestation import sha256
from app.domain.checkpoints import Checkpoint, Proof, read_checkpoint
from app.domain.errors import InvalidError
from app.domain.notes import (
    Algorithm,
    Note,
    Signature,
    VerifierKey,
    read_note,
    read_signature,
    tobase64,
    unbase64,
)
from app.signing.ledgerkeys import NoteKey
from tests.domain.trees import Tree, entries

# the examples of the specifications
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    "IneyaQM=\n"
)
SEA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBI"
    "fZ+qnA==\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEY = NoteKey("kakunin.example.jp/ledger", PRIVATE)
WITNESS = NoteKey("witness.example.jp", Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
TREE = Tree(entries(21))


def signed(size: int = 21, origin: str = KEY.name, *more: str) -> str:
    text = Checkpoint(origin, size, TREE.root(size), more).text
    return Note(text, (KEY.sign_note(text), WITNESS.cosign(text, 1_800_000_000))).written


def test_the_example_of_signed_note_verifies() -> None:
    key = VerifierKey.read(VKEY)
    assert (key.name, key.id.hex(), key.text) == ("example.com/foo", "530d903a", VKEY)
    note = read_note(NOTE)
    assert note.text == "This is an example message.\n"
    assert note.signature(key) == note.signatures[0]
    assert note.written == NOTE
    with pytest.raises(InvalidError, match="note_signature"):
        read_note(NOTE.replace("example message", "exemple message")).signature(key)


def test_the_example_of_a_cosigned_checkpoint_is_read() -> None:
    note = read_note(SEA)
    checkpoint = Checkpoint.of(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert (note.written, checkpoint.text) == (SEA, note.text)
    assert note.signatures[1].time == 1679315147


def test_what_a_witness_signs_is_the_text_of_the_specification() -> None:
    note = read_note(signed())
    line = note.signature(WITNESS.cosigner)
    assert line is not None
    assert line.time == 1_800_000_000
    message = b"cosignature/v1\ntime 1800000000\n" + note.text.encode()
    assert PRIVATE.public_key() != WITNESS.private.public_key()
    WITNESS.private.public_key().verify(line.value[8:], message)
    # at another time, by another key, or as a plain signature it is none
    other = Signature(line.name, line.key_id, (1_800_000_001).to_bytes(8, "big") + line.value[8:])
    with pytest.raises(InvalidError, match="note_signature"):
        Note(note.text, (other,)).signature(WITNESS.cosigner)
    assert note.signature(WITNESS.verifier) is None


def test_a_time_beyond_what_the_specification_has_is_refused() -> None:
    text = "a\n"
    late = WITNESS.cosign(text, 2**63)
    with pytest.raises(InvalidError, match="note_signature"):
        Note(text, (late,)).signature(WITNESS.cosigner)


def test_a_note_with_many_signatures_is_read_and_unknown_ones_are_left_aside() -> None:
    text = "a\n"
    others = [NoteKey(f"other{number}", Ed25519PrivateKey.generate()).sign_note(text) for number in range(16)]
    note = read_note(Note(text, (*others, KEY.sign_note(text))).written)
    assert note.signature(KEY.verifier) is not None
    stranger = NoteKey("stranger", Ed25519PrivateKey.generate()).verifier
    assert note.signature(stranger) is None
    # a line that shares the name and the id, and does not verify, spoils the note
    wrong = Signature(KEY.name, KEY.verifier.id, b"\0" * 64)
    with pytest.raises(InvalidError, match="note_signature"):
        Note(text, (KEY.sign_note(text), wrong)).signature(KEY.verifier)


def test_the_texts_own_empty_lines_belong_to_it() -> None:
    text = "a\n\nb\n\n— not a signature\n"
    note = read_note(Note(text, (KEY.sign_note(text),)).written)
    assert note.text == text
    assert note.signature(KEY.verifier) is not None


LINE = f"— {KEY.name} {tobase64(b'1234' + bytes(64))}\n"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "a\n",
        "a\n\n",
        f"a\n{LINE}",
        f"a\n\n{LINE.rstrip()}",
        f"\n\n{LINE}",
        f"a\n\n{LINE}\n",
        f"a\n\n{LINE}x\n",
        f"a\r\n\r\n{LINE}",
        f"a\tb\n\n{LINE}",
        f"a\x00\n\n{LINE}",
        f"a\n\n-{LINE[1:]}",
        f"a\n\n{LINE.replace('— ', '—  ')}",
        f"a\n\n{LINE.replace(KEY.name, 'a+b')}",
        "a\n\n" + LINE.replace(KEY.name, "a\u2003b"),
        f"a\n\n{LINE.replace('=', '')}",
        f"a\n\n— name {tobase64(b'1234')}\n",
        f"a\n\n— name !{tobase64(b'1234567')}\n",
        "a\n\n" + LINE * 33,
        "a" * 70_000 + f"\n\n{LINE}",
        f"a\udc80\n\n{LINE}",
        b"\xff\n\n" + LINE.encode(),
    ],
)
def test_what_is_no_note_is_refused(written: str | bytes) -> None:
    with pytest.raises(InvalidError):
        read_note(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        VKEY + "\n",
        " " + VKEY,
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("530d903a", "530D903A"),
        VKEY.replace("AekyeR", "BekyeR"),
        VKEY.replace("example.com/foo", "example.com/f o"),
        VKEY.replace("example.com/foo", ""),
        VKEY[:-4],
        VKEY + "====",
        VKEY.replace("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ""),
        VKEY.replace("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "AQ=="),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        VerifierKey.read(text)


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ==QQ==", "ＱＱ=="])
def test_base64_has_one_way_to_be_written(text: str) -> None:
    with pytest.raises(InvalidError):
        unbase64(text)
    assert unbase64("QQ==") == b"A"


ROOT = tobase64(TREE.root())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"\n1\n{ROOT}\n",
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n+1\n{ROOT}\n",
        f"a\n1 \n{ROOT}\n",
        f"a\n１\n{ROOT}\n",
        f"a\n{2**63}\n{ROOT}\n",
        f"a\n1\n{ROOT[:-4]}\n",
        f"a\n1\n{ROOT}",
        f"a\n1\n{ROOT}\n\n",
        f"a\n1\n{ROOT}\n\nmore\n",
        f"a\n1\n{tobase64(bytes(31))}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        Checkpoint.of(text)


def test_a_checkpoint_is_believed_by_its_key_and_name_alone() -> None:
    checkpoint, note = read_checkpoint(signed(), KEY.verifier)
    assert (checkpoint.size, checkpoint.root) == (21, TREE.root())
    assert note.signature(WITNESS.cosigner) is not None
    with pytest.raises(InvalidError, match="checkpoint_origin"):
        read_checkpoint(signed(origin="other.example.jp/ledger"), KEY.verifier)
    namesake = NoteKey(KEY.name, Ed25519PrivateKey.generate())
    with pytest.raises(InvalidError, match="note_unsigned"):
        read_checkpoint(signed(), namesake.verifier)
    # the cosigning key of the same name is another key
    with pytest.raises(InvalidError, match="note_unsigned"):
        read_checkpoint(signed(), KEY.cosigner)
    assert read_checkpoint(signed(21, KEY.name, "a line more"), KEY.verifier)[0].more == ("a line more",)


def proof(index: int = 5, size: int = 21) -> Proof:
    return Proof(index, tuple(merkle.inclusion(TREE.get, index, size)), signed(size))


def test_proofs_of_every_leaf_and_size_are_verified_from_their_text() -> None:
    for size in range(1, 22):
        for index in range(size):
            read = Proof.read(proof(index, size).text)
            assert read == proof(index, size)
            assert read.verify(TREE.contents[index], KEY.verifier)[0].size == size
            for other in range(21):
                if other != index:
                    with pytest.raises(InvalidError, match="proof_path"):
                        read.verify(TREE.contents[other], KEY.verifier)


def test_a_proof_is_written_as_the_specification_shows() -> None:
    lines = proof().text.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert lines[7] == ""
    assert lines[8:11] == [KEY.name, "21", tobase64(TREE.root())]
    extra = Proof(5, proof().path, proof().checkpoint, b"whatever")
    assert extra.text.split("\n")[1] == f"extra {tobase64(b'whatever')}"
    assert Proof.read(extra.text) == extra


TEXT = proof().text


@pytest.mark.parametrize(
    "written",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 5", "index 05"),
        TEXT.replace("index 5", "index -5"),
        TEXT.replace("index 5", "index  5"),
        TEXT.replace("index 5\n", ""),
        TEXT.replace("index 5", "index 5\nextra QQ=="),
        TEXT.replace("index 5", "extra QQ\nindex 5"),
        TEXT.replace("\n\n", "\n", 1),
        TEXT.replace("\n\n", "\n\n\n", 1),
        TEXT.replace("\n", "\r\n"),
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("index 5\n", f"index 5\n{ROOT[:-4]}\n"),
        TEXT.replace("index 5\n", "index 5\n" + f"{ROOT}\n" * 60),
        "\ufeff" + TEXT,
        TEXT.encode()[:40] + b"\xff" + TEXT.encode()[40:],
    ],
)
def test_what_is_no_proof_is_refused(written: str | bytes) -> None:
    with pytest.raises(InvalidError):
        Proof.read(written)


@given(st.data())
def test_no_changed_proof_is_believed(data: st.DataObject) -> None:
    """Whatever is changed in the text, the proof is refused, or proves the same with the same signature."""
    place = data.draw(st.integers(0, len(TEXT) - 1))
    kind = data.draw(st.sampled_from(["change", "cut", "put"]))
    letter = data.draw(st.characters(codec="utf-8"))
    changed = TEXT[:place] + ("" if kind == "cut" else letter) + TEXT[place + (kind != "put") :]
    with contextlib.suppress(InvalidError):
        read = Proof.read(changed)
        assert read.text == changed
        checkpoint, note = read.verify(TREE.contents[5], KEY.verifier)
        assert (checkpoint.size, checkpoint.root, read.index) == (21, TREE.root(), 5)
        assert note.text == read_note(signed()).text


@given(st.one_of(st.text(), st.binary()))
def test_anything_at_all_is_refused_with_a_reason(written: str | bytes) -> None:
    for read in (read_note, Proof.read):
        with pytest.raises(InvalidError):
            read(written)
    if isinstance(written, str):
        for read in (VerifierKey.read, read_signature, Checkpoint.of, unbase64):
            with contextlib.suppress(InvalidError):
                read(written)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1),
    st.lists(st.binary(min_size=5, max_size=80), min_size=1, max_size=5),
)
def test_every_note_reads_back_to_itself(text: str, values: list[bytes]) -> None:
    lines = tuple(Signature("a.example", one[:4], one[4:]) for one in values)
    note = Note(f"{text}\n", lines)
    assert read_note(note.written) == note
    assert read_note(note.written.encode()).written == note.written


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x7f"])
def test_a_key_has_a_name_that_a_line_can_carry(name: str) -> None:
    with pytest.raises(InvalidError):
        VerifierKey(name, Algorithm.NOTE, bytes(32))


# the entries


def test_an_entry_is_the_canonical_json_of_the_specification() -> None:
    name = ledger.name_of("00" * 16, "0190c0de-0000-7000-8000-000000000000")
    entry = ledger.Entry(ledger.Kind.ISSUE, name, "ab" * 32)
    assert entry.content == b'{"h":"%s","n":"%s","t":"issue","v":1}' % (b"ab" * 32, name.encode())
    for kind in ledger.Kind:
        other = ledger.Entry(kind, name, "ab" * 32)
        assert ledger.read(other.content) == other


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":1.0'),
        (b'"v":1', b'"v":true'),
        (b'"v":1', b'"v":1,"x":1'),
        (b"issue", b"Issue"),
        (b"issue", b"forget"),
        (b"abab", b"ABab"),
        (b"abab", b"ab"),
        (b",", b", "),
        (b"}", b"}\n"),
        (b"{", b"\xef\xbb\xbf{"),
        (b'"t"', b'"\\u0074"'),
    ],
)
def test_what_is_no_entry_is_refused(old: bytes, new: bytes) -> None:
    content = ledger.Entry(ledger.Kind.ISSUE, "cd" * 32, "ab" * 32).content
    with pytest.raises(InvalidError, match="ledger_entry"):
        ledger.read(content.replace(old, new, 1))


def test_what_else_an_entry_holds_is_bound_and_told_apart() -> None:
    assert ledger.superseding("a" * 64) != ledger.superseding("b" * 64)
    assert ledger.withdrawing("00" * 16, "wrong grant") != ledger.withdrawing("01" * 16, "wrong grant")
    assert ledger.expiring("2027-03-31") == sha256(b'["2027-03-31"]')
    assert base64.b64encode(merkle.EMPTY) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
