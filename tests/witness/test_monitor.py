"""A monitor: it ends with the same files as the ledger, takes little each time, and finds every deceit."""

import shutil
from pathlib import Path

import pytest

from app.domain import tiles
from app.domain.errors import InvalidError
from app.witness import monitor
from app.witness.monitor import Seen
from tests.domain.trees import flipped
from tests.witness.served import Ledger


def files(folder: Path) -> dict[str, bytes]:
    found = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: content for name, content in found.items() if name != "vkey"}


def expected(ledger: Ledger) -> dict[str, bytes]:
    paths = ["checkpoint", *(one.path for one in tiles.of_tree(ledger.size))]
    return {path: ledger.fetch(path) for path in paths}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def follow(ledger: Ledger, folder: Path) -> Seen:
    key = monitor.key_for(folder, ledger.key.verifier.text)
    return monitor.follow(ledger.fetch, folder, key)


def test_a_copy_has_the_files_of_the_ledger_at_every_step(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 0)
    assert follow(ledger, folder) == Seen(0, 0)
    for more in (1, 4, 250, 1, 1, 300, 0, 255, 1):
        before = ledger.size
        ledger.grow(more)
        assert follow(ledger, folder) == Seen(before, ledger.size)
        assert expected(ledger).items() <= files(folder).items()
        assert not (folder / "incoming").exists()


def test_a_large_copy_is_whole_and_the_next_round_takes_only_what_is_new(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 66_000)
    follow(ledger, folder)
    assert files(folder) == expected(ledger)
    ledger.grow(10)
    ledger.asked.clear()
    follow(ledger, folder)
    # the head, the last bundle, the partial tile of the leaves; no other level changed
    assert len(ledger.asked) == 3
    assert expected(ledger).items() <= files(folder).items()


@pytest.mark.parametrize("changed", [0, 255, 256, 511, 599])
def test_a_rebuilt_ledger_is_found_and_its_head_kept(tmp_path: Path, folder: Path, changed: int) -> None:
    ledger = Ledger(tmp_path, 600)
    follow(ledger, folder)
    kept = files(folder)
    ledger.grow(30).rebuilt(changed)
    with pytest.raises(InvalidError, match="ledger_forked") as refused:
        follow(ledger, folder)
    evidence = Path(str(refused.value.values["evidence"]))
    assert evidence.read_bytes() == ledger.note().encode()
    now = files(folder)
    del now[evidence.name]
    assert {name: one for name, one in now.items() if not name.startswith("incoming/")} == kept


def test_a_cut_tail_is_found(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 600)
    follow(ledger, folder)
    ledger.size = 590
    with pytest.raises(InvalidError, match="ledger_rolled_back"):
        follow(ledger, folder)
    # cut and rebuilt to the same size
    ledger.size = 600
    ledger.rebuilt(595)
    with pytest.raises(InvalidError, match="ledger_forked"):
        follow(ledger, folder)


def test_every_file_that_is_served_otherwise_is_found(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 600)
    for path, content in expected(ledger).items():
        for wrong in (flipped(content, len(content) // 2), content[:-1], content + b"\0", b""):
            ledger.changed = {path: wrong}
            with pytest.raises(InvalidError):
                follow(ledger, folder)
    ledger.changed = {}
    assert follow(ledger, folder) == Seen(0, 600)
    assert files(folder).items() >= expected(ledger).items()


def test_what_is_no_entry_is_not_taken(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 3)
    ledger.tree.add(b"not an entry")
    ledger.size = 4
    with pytest.raises(InvalidError, match="ledger_entry"):
        follow(ledger, folder)


def test_a_damaged_copy_is_told_before_anything_is_added(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 600)
    follow(ledger, folder)
    ledger.grow(1)
    for path in ("tile/0/002.p/88", "tile/1/000.p/2"):
        place = folder / path
        content = place.read_bytes()
        for wrong in (flipped(content), content[:-1]):
            place.write_bytes(wrong)
            with pytest.raises(InvalidError, match="mirror_damaged"):
                follow(ledger, folder)
        place.unlink()
        with pytest.raises(InvalidError, match="mirror_damaged"):
            follow(ledger, folder)
        place.write_bytes(content)
    assert follow(ledger, folder) == Seen(600, 601)


def test_the_key_is_that_of_the_first_time(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path, 3)
    with pytest.raises(InvalidError, match="vkey_missing"):
        monitor.key_for(folder, None)
    with pytest.raises(InvalidError, match="note_key"):
        monitor.key_for(folder, "none")
    follow(ledger, folder)
    assert monitor.key_for(folder, None) == ledger.key.verifier
    shutil.rmtree(tmp_path / "ledger.example.jp-ledger")
    other = Ledger(tmp_path, 3)
    with pytest.raises(InvalidError, match="vkey_other"):
        follow(other, folder)
    with pytest.raises(InvalidError, match="note_unsigned"):
        monitor.follow(other.fetch, folder, ledger.key.verifier)
