"""The tree: equal to its definition, every proof right for every size, every wrong proof refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import merkle
from tests.domain.trees import Tree, defined, entries, flipped

MOST = 64

# the leaves, roots and paths with which the implementations of Certificate Transparency are tested
CT_LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# index, size, path
CT_PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# older, newer, proof
CT_CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(entries(MOST))


def test_the_roots_are_those_of_certificate_transparency() -> None:
    ct = Tree(CT_LEAVES)
    assert [ct.root(size).hex() for size in range(1, 9)] == CT_ROOTS
    assert ct.root(0) == merkle.EMPTY


@pytest.mark.parametrize(("index", "size", "path"), CT_PATHS)
def test_the_paths_are_those_of_certificate_transparency(index: int, size: int, path: list[str]) -> None:
    assert [one.hex() for one in merkle.inclusion(Tree(CT_LEAVES).get, index, size)] == path


@pytest.mark.parametrize(("older", "newer", "proof"), CT_CONSISTENCY)
def test_the_consistency_proofs_are_those_of_certificate_transparency(older: int, newer: int, proof: list) -> None:
    assert [one.hex() for one in merkle.consistency(Tree(CT_LEAVES).get, older, newer)] == proof


def test_every_root_is_that_of_the_definition(tree: Tree) -> None:
    for size in range(MOST + 1):
        assert tree.root(size) == defined(tree.contents[:size])


def test_the_store_holds_the_complete_subtrees_and_nothing_else(tree: Tree) -> None:
    expected = {(level, index) for level, number in merkle.complete(MOST) for index in range(number)}
    assert set(tree.nodes) == expected
    for level, index in expected:
        assert tree.nodes[level, index] == defined(tree.contents[index << level : (index + 1) << level])


def test_peaks_cover_the_leaves_from_left_to_right() -> None:
    for size in range(MOST + 1):
        covered = [
            leaf for level, index in merkle.peaks(size) for leaf in range(index << level, (index + 1) << level)
        ]
        assert covered == list(range(size))


def test_every_leaf_is_proven_in_every_tree_and_no_altered_proof_is_taken(tree: Tree) -> None:
    for size in range(1, MOST + 1):
        root = tree.root(size)
        for index in range(size):
            leaf = merkle.leaf_hash(tree.contents[index])
            proof = merkle.inclusion(tree.get, index, size)
            assert merkle.included(leaf, index, size, proof, root)
            wrong = [
                (flipped(leaf), index, size, proof, root),
                (leaf, index, size, proof, flipped(root)),
                (leaf, index, size, [*proof, root], root),
                (leaf, index, size, [root, *proof], root),
                (leaf, -1, size, proof, root),
                (leaf, size, size, proof, root),
            ]
            wrong += [(leaf, other, size, proof, root) for other in range(size) if other != index]
            for place, one in enumerate(proof):
                cut = [*proof[:place], *proof[place + 1 :]]
                wrong.append((leaf, index, size, cut, root))
                wrong.append((leaf, index, size, [*proof[:place], flipped(one), *proof[place + 1 :]], root))
                wrong.append((leaf, index, size, [*proof[:place], one[:31], *proof[place + 1 :]], root))
            assert not [one for one in wrong if merkle.included(*one)]


def test_a_proof_for_another_size_leads_to_another_root(tree: Tree) -> None:
    roots = {size: tree.root(size) for size in range(1, MOST + 1)}
    for size in range(1, MOST + 1):
        for index in range(size):
            leaf, proof = merkle.leaf_hash(tree.contents[index]), merkle.inclusion(tree.get, index, size)
            for other, root in roots.items():
                if other != size:
                    assert not merkle.included(leaf, index, other, proof, root)


def test_every_tree_is_shown_to_extend_every_earlier_one_and_no_altered_proof_is_taken(tree: Tree) -> None:
    roots = {size: tree.root(size) for size in range(MOST + 1)}
    for newer in range(MOST + 1):
        for older in range(newer + 1):
            proof = merkle.consistency(tree.get, older, newer)
            before, after = roots[older], roots[newer]
            assert merkle.consistent(older, newer, before, after, proof)
            wrong = [
                (older, newer, flipped(before), after, proof),
                (older, newer, before, after, [*proof, after]),
                (older, newer, before, after, [after, *proof]),
            ]
            if older:
                # the empty tree is the beginning of any tree
                wrong.append((older, newer, before, flipped(after), proof))
                sizes = range(1, MOST + 1)
                wrong += [(size, newer, before, after, proof) for size in sizes if size != older]
            if older < newer:
                wrong.append((newer, older, after, before, proof))
            for place, one in enumerate(proof):
                wrong.append((older, newer, before, after, [*proof[:place], *proof[place + 1 :]]))
                wrong.append((older, newer, before, after, [*proof[:place], flipped(one), *proof[place + 1 :]]))
                wrong.append((older, newer, before, after, [*proof[:place], one + b"\0", *proof[place + 1 :]]))
            assert not [one for one in wrong if merkle.consistent(*one)], (older, newer)


def test_a_proof_of_consistency_is_for_its_sizes_alone(tree: Tree) -> None:
    roots = {size: tree.root(size) for size in range(1, MOST + 1)}
    for newer in range(1, MOST + 1):
        for older in range(1, newer):
            proof = merkle.consistency(tree.get, older, newer)
            for other in range(1, MOST + 1):
                if other != newer:
                    assert not merkle.consistent(older, other, roots[older], roots[other], proof)
                if other != older:
                    assert not merkle.consistent(other, newer, roots[other], roots[newer], proof)


def test_a_rebuilt_log_is_not_consistent(tree: Tree) -> None:
    for changed in (0, 31, 62):
        other = Tree([flipped(one) if place == changed else one for place, one in enumerate(tree.contents)])
        proof = merkle.consistency(other.get, 63, 64)
        assert not merkle.consistent(63, 64, tree.root(63), other.root(64), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(tree: Tree, index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        merkle.inclusion(tree.get, index, size)


@pytest.mark.parametrize(("older", "newer"), [(5, 4), (-1, 4)])
def test_there_is_no_proof_of_consistency_backwards(tree: Tree, older: int, newer: int) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        merkle.consistency(tree.get, older, newer)


def test_every_work_says_beforehand_all_that_it_reads(tree: Tree) -> None:
    for size in (1, 2, 37, 63, 64):
        for index in (0, size // 2, size - 1):
            work = lambda get, index=index, size=size: merkle.inclusion(get, index, size)  # noqa: E731
            read = {place: tree.nodes[place] for place in merkle.asked(work)}
            assert work(lambda level, index, read=read: read[level, index]) == work(tree.get)


@given(st.integers(1, 2**40), st.data())
def test_the_work_of_a_proof_grows_with_the_logarithm(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    older = data.draw(st.integers(1, size))
    most = 2 * size.bit_length() + 1
    assert len(merkle.asked(lambda get: merkle.inclusion(get, index, size))) <= most
    assert len(merkle.asked(lambda get: merkle.consistency(get, older, size))) <= most
    assert len(merkle.asked(lambda get: merkle.append(get, size, merkle.EMPTY))) <= size.bit_length()
