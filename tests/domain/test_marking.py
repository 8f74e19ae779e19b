"""Two texts with what differs marked: nothing is lost, and only what differs is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.marking import marked


def joined(pieces) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(("before", "after", "gone", "fresh"), [
    ("the quick fox", "the slow fox", ["quick"], ["slow"]),
    ("申請を提出します。", "申請を届け出ます。", ["提出します"], ["届け出ます"]),
    ("2025年10月8日まで", "2025年10月9日まで", ["8"], ["9"]),
    ("same", "same", [], []),
    ("", "new", [], ["new"]),
    ("a\nb", "a\n\nb", ["\n"], ["\n\n"]),
])  # fmt: skip
def test_words_that_differ_are_marked(before: str, after: str, gone: list[str], fresh: list[str]) -> None:
    old, new = marked(before, after)
    assert [piece.text for piece in old if piece.differs] == gone
    assert [piece.text for piece in new if piece.differs] == fresh


def test_texts_with_little_in_common_are_marked_whole() -> None:
    old, new = marked("Everything here is of one kind.", "全く別の文章です。")
    assert [piece.differs for piece in (*old, *new)] == [True, True]


def test_very_long_texts_are_marked_whole_rather_than_slowly() -> None:
    old, new = marked("a b " * 3000, "a c " * 3000)
    assert len(old) == len(new) == 1


@given(st.text(max_size=80), st.text(max_size=80))
def test_pieces_joined_are_the_texts_and_what_is_not_marked_is_in_both(before: str, after: str) -> None:
    old, new = marked(before, after)
    assert (joined(old), joined(new)) == (before, after)
    kept = [[piece.text for piece in pieces if not piece.differs] for pieces in (old, new)]
    assert "".join(kept[0]) == "".join(kept[1])
    assert all(piece.text for piece in (*old, *new))
