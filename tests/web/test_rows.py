"""Rows of a group on a page: they are called after an answer, in the reader's language."""

import pytest
from flask import Flask

from tests import walking
from tests.web.client import StrictClient
from tests.world import World

LISTS = {
    "ja": ("外国ユーザーリスト（経済産業省）", "統合スクリーニングリスト（米国）"),
    "en": ("Foreign End User List (METI)", "Consolidated Screening List (United States)"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_row_called_after_a_choice_has_its_words_in_the_readers_language(
    app: Flask, client: StrictClient, people: World, language: str
) -> None:
    call = people.grant("aoba").call
    call.facts = {**call.facts, "programme.designated": "yes"}
    people.session.flush()
    submission_id = walking.filled(people, "aoba", "award")
    client.language = language
    client.sign_in("aoba", "office")
    found = walking.found(people, "aoba", submission_id)
    section = found.compiled.checklist.section_of["list-checks"]
    page = client.get(f"/submissions/{submission_id}/sections/{section}").text
    check = client.get(f"/submissions/{submission_id}/check").text
    other = LISTS["en" if language == "ja" else "ja"]
    for words, others in zip(LISTS[language], other, strict=True):
        assert f"<h3>{words}</h3>" in page
        assert f"<h3>{others}</h3>" not in page
        assert others not in check
