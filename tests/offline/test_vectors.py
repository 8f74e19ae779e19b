"""The published vectors are those that the script makes, and come to what they say they must."""

import json

import pytest

from app.offline.cases import differences, judged
from tests.offline.vectors import FOLDER, every, published

VECTORS = list(every())
FILES = {path.name: path.read_bytes() for path in FOLDER.iterdir()}


def test_there_are_vectors_good_and_bad_each_with_its_own_name() -> None:
    names = [vector.name for vector in VECTORS]
    assert len(set(names)) == len(names)
    assert sum(vector.exit == 4 for vector in VECTORS) >= 30
    assert sum(vector.exit != 4 for vector in VECTORS) >= 15


def test_what_is_published_is_what_the_script_makes() -> None:
    made = {name: content for vector in VECTORS for name, content in published(vector).items()}
    there = {name: content for name, content in FILES.items() if name != "README.md"}
    assert there.keys() == made.keys()
    assert [name for name in there if there[name] != made[name]] == []


@pytest.mark.parametrize("name", [vector.name for vector in VECTORS])
def test_a_vector_comes_to_what_it_says(name: str) -> None:
    vector = json.loads(FILES[f"{name}.json"])
    assert differences(vector, judged(vector, FILES)) == []
