"""The ledger at its addresses: tiles equal to the tree, kept for ever, nothing beyond what is signed, one page."""

import pytest
from flask import Flask

from app.domain import merkle, tiles
from app.domain.checkpoints import read_checkpoint
from app.domain.errors import KakuninError
from app.extensions import db
from app.models import Attestation, LedgerEntry, LedgerNode
from app.services import anchors, ledger
from app.services.tiles import mirror
from app.witness import monitor
from tests import ledgers, walking
from tests.bulk import fill
from tests.domain.trees import Tree
from tests.tampering import unguarded
from tests.web.client import StrictClient
from tests.world import World


@pytest.fixture
def attestation(people: World, app: Flask) -> Attestation:
    return ledgers.attested(people, app)


def grown(people: World, app: Flask, attestation: Attestation, size: int) -> Tree:
    """Grow the ledger to ``size``, signed, and return the tree it must be."""
    there = people.session.query(LedgerEntry).count()
    if size - there > 300:
        fill(people.session, attestation, size - there - 1)
        there = size - 1
    ledgers.enter(people, attestation, size - there)
    ledgers.sign(people, app)
    return Tree([one.content for one in people.session.query(LedgerEntry).order_by(LedgerEntry.index)])


def test_tiles_and_bundles_are_those_of_the_tree(
    people: World, app: Flask, client: StrictClient, attestation: Attestation
) -> None:
    for size in (5, 256, 700):
        tree = grown(people, app, attestation, size)
        note = client.get("/checkpoint")
        assert note.mimetype == "text/plain"
        assert note.headers["Cache-Control"] == "public, max-age=5"
        checkpoint, _ = read_checkpoint(note.data, ledger.verifier_of(walking.premises(app)))
        assert (checkpoint.size, checkpoint.root) == (size, tree.root())
        for tile in tiles.of_tree(size):
            answer = client.get(f"/{tile.path}")
            assert answer.status_code == 200, tile.path
            assert answer.mimetype == "application/octet-stream"
            assert "immutable" in answer.headers["Cache-Control"]
            if tile.level is None:
                expected = tiles.bundle(tree.contents[tile.start : tile.start + tile.width])
            else:
                places = range(tile.start, tile.start + tile.width)
                expected = b"".join(tree.get(8 * tile.level, place) for place in places)
            assert answer.data == expected
            again = client.get(f"/ledger/{tile.path}", headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304


def test_partial_tiles_of_earlier_sizes_stay(
    people: World, app: Flask, client: StrictClient, attestation: Attestation
) -> None:
    grown(people, app, attestation, 20)
    tree = grown(people, app, attestation, 30)
    answer = client.get("/tile/0/000.p/20")
    assert answer.data == b"".join(tree.get(0, place) for place in range(20))


def test_nothing_beyond_what_is_signed_is_given_out(
    people: World, app: Flask, client: StrictClient, attestation: Attestation
) -> None:
    grown(people, app, attestation, 20)
    ledgers.enter(people, attestation, 5)
    for path in (
        "tile/0/000.p/21",
        "tile/entries/000.p/21",
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/0/00",
        "tile/00/000.p/5",
        "tile/8/000.p/5",
        "tile/-1/000.p/5",
        "tile/x/000.p/5",
        "tile/entries/000.p/0",
        "tile/entries/x001/x002/x003/x004/x005/x006/x007/008",
        "tile/0/" + "x999/" * 12 + "999",
        "tile/0/000.p/5/",
        "tile/0/٠٠٠",
    ):
        assert client.get(f"/{path}").status_code == 404, path
    assert client.get("/tile/0/000.p/20").status_code == 200


def test_before_anything_is_signed_there_is_nothing_but_the_page(client: StrictClient, people: World) -> None:
    assert client.get("/checkpoint").status_code == 404
    assert client.get("/tile/0/000.p/1").status_code == 404
    assert "Nothing is signed yet" in client.get("/ledger").text


@pytest.mark.parametrize(("language", "words"), [("en", "How to watch it"), ("ja", "台帳を見守るには")])
def test_the_page_tells_size_root_key_and_how_to_watch(
    people: World, app: Flask, client: StrictClient, attestation: Attestation, language: str, words: str
) -> None:
    tree = grown(people, app, attestation, 5)
    client.language = language
    page = client.get("/ledger").text
    key = ledger.verifier_of(walking.premises(app))
    fingerprint = anchors.believed(walking.premises(app)).fingerprint
    for part in (words, tree.root().hex(), key.text, key.name, fingerprint, "monitor"):
        assert part in page
    assert 'href="/ledger/tile/entries/000.p/5"' in page


def test_a_monitor_follows_the_service_and_the_written_mirror(
    people: World, app: Flask, client: StrictClient, attestation: Attestation, tmp_path
) -> None:
    key = ledger.verifier_of(walking.premises(app))

    def fetch(path: str) -> bytes:
        answer = client.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        return answer.data

    for size in (3, 260, 600):
        grown(people, app, attestation, size)
        assert monitor.follow(fetch, tmp_path / "copy", key).size == size
        stored = mirror(people.session, tmp_path / "written")
        assert stored is not None
        assert stored.size == size
        read = lambda path: (tmp_path / "written" / path).read_bytes()  # noqa: E731
        assert monitor.follow(read, tmp_path / "copy of the mirror", key).size == size
    names = lambda folder: {  # noqa: E731
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }
    assert names(tmp_path / "copy") == names(tmp_path / "written") == names(tmp_path / "copy of the mirror")


def test_a_damaged_ledger_is_not_given_out_as_if_it_were_whole(
    people: World, app: Flask, client: StrictClient, attestation: Attestation
) -> None:
    grown(people, app, attestation, 10)
    people.session.close()
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        connection.execute(LedgerNode.__table__.delete().where(LedgerNode.level == 0, LedgerNode.index == 3))
        connection.commit()
    assert client.get("/tile/0/000.p/10").status_code == 503
    with pytest.raises(KakuninError, match="ledger_damaged"):
        ledger.read(people.session, lambda get: merkle.inclusion(get, 2, 10))
