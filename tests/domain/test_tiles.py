"""Tiles: named and cut as C2SP tlog-tiles says, and equal to the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import merkle, tiles
from app.domain.errors import InvalidError
from app.domain.tiles import Growing, Tile
from tests.domain.trees import Tree, entries

SIZE = 70_000


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(entries(SIZE))


def test_the_tree_of_70_000_has_the_tiles_of_the_specification() -> None:
    found = [one for one in tiles.of_tree(SIZE) if one.level is not None]
    by_level = {level: [one for one in found if one.level == level] for level in range(4)}
    assert [one.width for one in by_level[0]] == [256] * 273 + [112]
    assert [one.width for one in by_level[1]] == [256, 17]
    assert [one.width for one in by_level[2]] == [1]
    assert by_level[3] == []
    assert [(one.level, one.number, one.width) for one in tiles.of_tree(256) if one.level is not None] == [
        (0, 0, 256),
        (1, 0, 1),
    ]
    assert list(tiles.of_tree(0)) == []


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 999, 17), "tile/1/999.p/17"),
        (Tile(None, 1000, 255), "tile/entries/x001/000.p/255"),
        (Tile(7, 12), "tile/7/012"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.read(tile.level, path.split("/", 2)[2]) == tile


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "00",
        "0000",
        "x000/000",
        "x000/001",
        "001/000",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000.p/",
        "000.p",
        "000/",
        "/000",
        "x001/x000",
        "00a",
        "000.p/5/",
        "000.p/5.p/5",
        "000.p/+5",
        "٠٠٠",
        "x" + "001/x" * 40 + "000",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        Tile.read(0, name)


def test_there_is_no_level_above_the_highest() -> None:
    with pytest.raises(InvalidError):
        Tile.read(8, "000")


@given(st.integers(0, 2**55), st.integers(1, 256), st.sampled_from([None, 0, 3, 7]))
def test_every_tile_reads_back_from_its_path(number: int, width: int, level: int | None) -> None:
    tile = Tile(level, number, width)
    assert Tile.read(level, tile.path.split("/", 2)[2]) == tile


@given(st.text(max_size=30))
def test_any_name_is_read_exactly_or_refused(name: str) -> None:
    try:
        tile = Tile.read(0, name)
    except InvalidError:
        return
    assert tile.path == f"tile/0/{name}"


def test_growing_gives_the_tiles_and_roots_of_the_tree(tree: Tree) -> None:
    grown, full = Growing(), {}
    for size, content in enumerate(tree.contents, 1):
        full |= dict(grown.add(merkle.leaf_hash(content)))
        if size < 600 or size % 4096 in {0, 1, 255} or size in {65_535, 65_536, 65_537, SIZE}:
            assert grown.root() == tree.root(size), size
            resumed = Growing(size, [tiles.hashes(row, width) if width else [] for row, width in _rows(grown)])
            assert resumed.root() == grown.root()
    full |= dict(grown.partial())
    expected = [one for one in tiles.of_tree(SIZE) if one.level is not None]
    assert sorted(full) == sorted(expected)
    for tile in expected:
        assert tile.level is not None
        hashes = [tree.get(8 * tile.level, tile.start + place) for place in range(tile.width)]
        assert full[tile] == b"".join(hashes)


def _rows(grown: Growing) -> list[tuple[bytes, int]]:
    partial = {tile.level: (content, tile.width) for tile, content in grown.partial()}
    return [partial.get(level, (b"", 0)) for level in range(len(tiles.widths(grown.size)))]


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_what_is_lacking_and_what_was_there_make_the_whole(older: int, more: int) -> None:
    size = older + more
    lacking = set(tiles.of_tree(size, older))
    assert lacking <= set(tiles.of_tree(size))
    for tile in set(tiles.of_tree(size)) - lacking:
        assert tile.within(older)


def test_a_state_that_does_not_fit_its_size_is_refused() -> None:
    for size, rows in ((1, []), (0, [[b"x" * 32]]), (256, [[b"x" * 32], []]), (3, [[b"x" * 32] * 2])):
        with pytest.raises(InvalidError):
            Growing(size, rows)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back_to_their_entries_and_nothing_else(found: list[bytes]) -> None:
    content = tiles.bundle(found)
    assert tiles.unbundle(content, len(found)) == found
    for wrong, width in ((content + b"\0", len(found)), (content, len(found) + 1), (content[:-1], len(found))):
        if wrong != content or width != len(found):
            with pytest.raises(InvalidError):
                tiles.unbundle(wrong, width)


def test_hashes_are_cut_exactly() -> None:
    assert tiles.hashes(b"a" * 32 + b"b" * 32, 2) == [b"a" * 32, b"b" * 32]
    for width in (1, 3):
        with pytest.raises(InvalidError):
            tiles.hashes(b"a" * 64, width)
