"""A witness: it signs what extends the last head that it signed, and answers as C2SP tlog-witness says."""

import hashlib
import http.client
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.checkpoints import read_checkpoint
from app.domain.errors import InvalidError
from app.domain.notes import Note, Signature, read_note, read_signature, tobase64
from app.signing.ledgerkeys import make_note_key
from app.witness import asking
from app.witness.serving import Serving
from app.witness.witnessing import LONGEST_REQUEST, Answer, Witness, written_request
from tests.domain.trees import flipped
from tests.witness.served import Ledger

TIME = 1_800_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, 12)


@pytest.fixture
def witness(tmp_path: Path, ledger: Ledger) -> Witness:
    return made(tmp_path, ledger)


def made(folder: Path, *ledgers: Ledger) -> Witness:
    key = make_note_key(folder / "witness-key", "witness.example.jp")
    known = {one.key.name: one.key.verifier for one in ledgers}
    return Witness(folder / "seen", key, known, lambda: float(TIME))


def ask(witness: Witness, ledger: Ledger, old: int, size: int, **changes: object) -> Answer:
    proof = changes.get("proof", [tobase64(one) for one in ledger.proof(old, size)] if old <= size else [])
    return witness.add_checkpoint(written_request(old, proof, str(changes.get("note", ledger.note(size)))))


def test_a_ledger_that_grows_is_cosigned_each_time(witness: Witness, ledger: Ledger) -> None:
    seen = 0
    for size in range(13):
        answer = ask(witness, ledger, seen, size)
        assert answer.status == HTTPStatus.OK, size
        note = Note(read_note(ledger.note(size)).text, (read_signature(answer.body),))
        signature = note.signature(witness.key.cosigner)
        assert signature is not None
        assert signature.time == TIME
        seen = size
    # the same again is signed again
    assert ask(witness, ledger, 12, 12).status == HTTPStatus.OK


def test_every_step_to_a_larger_size_is_cosigned_and_no_wrong_proof(tmp_path: Path, ledger: Ledger) -> None:
    for older in range(1, 12):
        for newer in range(older + 1, 13):
            witness = made(tmp_path / f"{older}-{newer}", ledger)
            ask(witness, ledger, 0, older)
            right = ledger.proof(older, newer)
            for place, one in enumerate(right):
                wrong = [*right[:place], flipped(one), *right[place + 1 :]]
                answer = ask(witness, ledger, older, newer, proof=[tobase64(each) for each in wrong])
                assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
            missing = [tobase64(one) for one in right[1:]]
            assert ask(witness, ledger, older, newer, proof=missing).status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert ask(witness, ledger, older, newer).status == HTTPStatus.OK


def test_another_size_than_the_last_is_a_conflict_that_tells_it(witness: Witness, ledger: Ledger) -> None:
    assert ask(witness, ledger, 3, 8) == Answer(HTTPStatus.CONFLICT, "0\n", "text/x.tlog.size")
    ask(witness, ledger, 0, 8)
    for old in (0, 7):
        assert ask(witness, ledger, old, 12) == Answer(HTTPStatus.CONFLICT, "8\n", "text/x.tlog.size")
    assert ask(witness, ledger, 5, 5) == Answer(HTTPStatus.CONFLICT, "8\n", "text/x.tlog.size")


def test_a_cut_tail_and_a_rebuilt_ledger_are_not_cosigned(witness: Witness, ledger: Ledger) -> None:
    ask(witness, ledger, 0, 12)
    # cut: there is no proof from 12 to 10, whatever is sent
    assert ask(witness, ledger, 12, 10).status == HTTPStatus.BAD_REQUEST
    assert ask(witness, ledger, 10, 10).status == HTTPStatus.CONFLICT
    # cut and grown again to the same size and beyond, with another entry
    ledger.rebuilt(11)
    assert ask(witness, ledger, 12, 12).status == HTTPStatus.UNPROCESSABLE_ENTITY
    ledger.grow(4)
    assert ask(witness, ledger, 12, 16).status == HTTPStatus.UNPROCESSABLE_ENTITY
    last = witness.last(ledger.key.name)
    assert last is not None
    assert last.size == 12


def test_who_is_unknown_or_did_not_sign_is_refused(witness: Witness, ledger: Ledger, tmp_path: Path) -> None:
    stranger = Ledger(tmp_path, 3, "stranger.example.jp")
    assert ask(witness, stranger, 0, 3).status == HTTPStatus.NOT_FOUND
    note = read_note(ledger.note())
    key = ledger.key.verifier
    for signatures in (
        (stranger.key.sign_note(note.text),),
        (Signature(key.name, key.id, bytes(64)),),
        (*note.signatures, Signature(key.name, key.id, bytes(64))),
        (Signature(key.name, b"1234", note.signatures[0].value),),
    ):
        answer = ask(witness, ledger, 0, 12, note=Note(note.text, signatures).written)
        assert answer.status == HTTPStatus.FORBIDDEN
    # more signatures, of whomever, do no harm
    more = Note(note.text, (stranger.key.sign_note(note.text), *note.signatures)).written
    assert ask(witness, ledger, 0, 12, note=more).status == HTTPStatus.OK


def test_an_empty_ledger_has_one_root(witness: Witness, ledger: Ledger) -> None:
    text = f"{ledger.key.name}\n0\n{tobase64(bytes(32))}\n"
    note = Note(text, (ledger.key.sign_note(text),)).written
    assert ask(witness, ledger, 0, 0, note=note).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ask(witness, ledger, 0, 0).status == HTTPStatus.OK
    assert ask(witness, ledger, 0, 5, proof=[tobase64(bytes(32))]).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ask(witness, ledger, 0, 5).status == HTTPStatus.OK


def test_what_was_seen_outlives_the_process_and_a_damaged_memory_signs_nothing(
    tmp_path: Path, ledger: Ledger
) -> None:
    ask(made(tmp_path, ledger), ledger, 0, 8)
    again = made(tmp_path, ledger)
    assert ask(again, ledger, 0, 12).status == HTTPStatus.CONFLICT
    assert ask(again, ledger, 8, 12).status == HTTPStatus.OK
    for place in (tmp_path / "seen").iterdir():
        if place.name != "lock":
            place.write_text(ledger.note(3), "utf-8")
    with pytest.raises(InvalidError, match="note_unsigned"):
        ask(again, ledger, 3, 12)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        b"old 00\n\n%s",
        b"old -1\n\n%s",
        b"new 0\n\n%s",
        b"\n\n%s",
        b"old 0\nnot base64\n\n%s",
        b"old 0\n" + b"AAAA\n" * 2 + b"\n%s",
        b"old 0\n" + tobase64(bytes(32)).encode() + b"\n" + b"%s",
        b"old 12\n" + (tobase64(bytes(32)).encode() + b"\n") * 64 + b"\n%s",
        b"old 13\n\n%s",
        b"old 0\r\n\r\n%s",
        b"\xff\n\n%s",
    ],
)
def test_a_malformed_request_is_refused(witness: Witness, ledger: Ledger, body: bytes) -> None:
    answer = witness.add_checkpoint(body.replace(b"%s", ledger.note().encode()))
    assert answer.status == HTTPStatus.BAD_REQUEST


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_no_request_breaks_the_witness(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    witness = Witness(Path("none"), make_note_key(tmp_path_factory.getbasetemp() / "one-key", "w"), {}, lambda: 0.0)
    assert witness.add_checkpoint(body).status == HTTPStatus.BAD_REQUEST


# at an address


@pytest.fixture
def served(witness: Witness) -> Iterator[str]:
    with Serving(("127.0.0.1", 0), witness) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_a_ledger_asks_over_http_and_is_told_where_to_begin(served: str, ledger: Ledger, witness: Witness) -> None:
    lines = asking.cosigned(served, ledger.note(5), 5, 0, ledger.proof)
    assert len(lines) == 1
    # it thinks that nothing was seen, is told 5, and comes with the proof from there
    lines = asking.cosigned(served, ledger.note(12), 12, 0, ledger.proof)
    note = read_note(ledger.note(12)).with_lines(lines)
    assert note.signature(witness.key.cosigner) is not None
    with pytest.raises(InvalidError, match="witness_ahead"):
        asking.cosigned(served, ledger.note(7), 7, 7, ledger.proof)
    ledger.rebuilt(3)
    with pytest.raises(InvalidError, match="witness_refused"):
        asking.cosigned(served, ledger.note(12), 12, 12, ledger.proof)


def test_monitors_get_the_last_cosigned_checkpoint(served: str, ledger: Ledger, witness: Witness) -> None:
    url = f"{served}/{hashlib.sha256(ledger.key.name.encode()).hexdigest()}/checkpoint"
    with pytest.raises(Exception, match="not_served"):
        asking.get(url)
    asking.cosigned(served, ledger.note(5), 5, 0, ledger.proof)
    checkpoint, note = read_checkpoint(asking.get(url), ledger.key.verifier)
    assert checkpoint.size == 5
    assert note.signature(witness.key.cosigner) is not None


def test_what_is_not_the_protocol_gets_its_status(served: str, ledger: Ledger) -> None:
    host = served.removeprefix("http://")
    for method, path, headers, status in (
        ("GET", "/", {}, 404),
        ("GET", "/../seen/lock/checkpoint", {}, 404),
        ("POST", "/else", {"Content-Length": "0"}, 404),
        ("POST", "/add-checkpoint", {"Transfer-Encoding": "chunked"}, 411),
        ("POST", "/add-checkpoint", {"Content-Length": "-1"}, 411),
        ("POST", "/add-checkpoint", {"Content-Length": str(LONGEST_REQUEST + 1)}, 413),
        ("PUT", "/add-checkpoint", {"Content-Length": "0"}, 501),
    ):
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, (method, path)
        connection.close()


def test_many_at_once_never_go_back(served: str, ledger: Ledger, witness: Witness) -> None:
    ledger.grow(60)
    problems: list[BaseException] = []

    def ask_for(size: int) -> None:
        try:
            asking.cosigned(served, ledger.note(size), size, 0, ledger.proof)
        except InvalidError as ahead:
            if ahead.reason != "witness_ahead":
                problems.append(ahead)
        except asking.AwayError:
            pass

    threads = [threading.Thread(target=ask_for, args=(size,)) for size in range(8, 72, 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert problems == []
    asking.cosigned(served, ledger.note(72), 72, 0, ledger.proof)
    last = witness.last(ledger.key.name)
    assert last is not None
    assert (last.size, last.root) == (72, ledger.tree.root())


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://127.0.0.1:1", "nothing", "http://", "http://a b/"]
)
def test_what_cannot_be_had_is_one_refusal(url: str) -> None:
    with pytest.raises(asking.AwayError):
        asking.get(url)
