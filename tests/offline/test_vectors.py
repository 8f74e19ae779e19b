"""The published vectors are those that the script makes, and come to what they say they must."""

import json

import pytest

from app.offline.cases import differences, judged
from tests.offline.vectors import FOLDER, every, text_of

VECTORS = list(every())


def test_there_are_vectors_good_and_bad_each_with_its_own_name() -> None:
    names = [vector.name for vector in VECTORS]
    assert len(set(names)) == len(names)
    assert sum(vector.exit == 4 for vector in VECTORS) >= 30
    assert sum(vector.exit != 4 for vector in VECTORS) >= 15


def test_what_is_published_is_what_the_script_makes() -> None:
    published = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert published == {vector.name: text_of(vector) for vector in VECTORS}


@pytest.mark.parametrize("name", [vector.name for vector in VECTORS])
def test_a_vector_comes_to_what_it_says(name: str) -> None:
    vector = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert differences(vector, judged(vector, {})) == []
