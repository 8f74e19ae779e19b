"""Persons sign beside the seal: the panel, bringing a signed file back, what is refused, and what /verify tells."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.services import archiving, attestations, personal
from app.web.messages import REASONS
from tests import signers, walking
from tests.signing.people import House, sign
from tests.web.client import StrictClient
from tests.world import NOW, World

HOUSE = House()
HANAKO, JIRO = HOUSE.issue("青木 花子"), HOUSE.issue("Jiro Baba")
FIRST, SECOND, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2), NOW + timedelta(days=15)
SAID = {
    "en": {
        "none": "0 of 2 have signed",
        "one": "1 of 2 have signed",
        "all": "As many have signed as the attestation allows",
        "archived": "takes no more signatures",
        "believed": "Believed",
        "not_believed": "Not believed",
        "no_file": "Choose a file",
        "many": "1 person signed the newest file",
    },
    "ja": {
        "none": "署名できる 2 人のうち 0 人が署名",
        "one": "署名できる 2 人のうち 1 人が署名",
        "all": "署名できる人数の全員が署名",
        "archived": "これ以上の署名は受け付けません",
        "believed": "信頼できます",
        "not_believed": "信頼できません",
        "no_file": "ファイルを選んで",
        "many": "最新のファイルには 1 人が署名",
    },
}


@pytest.fixture
def issued(people: World, app: Flask, time_machine):
    """The address of a submission whose attestation two persons may sign, that attestation, and its file."""
    submission_id, attestation, content = signers.invited(people, app, HOUSE)
    time_machine.move_to(FIRST, tick=False)
    return f"/submissions/{submission_id}", attestation, content


def bring(client: StrictClient, address: str, content: bytes | None):
    given = {} if content is None else {"file": (io.BytesIO(content), "signed.pdf")}
    return client.press(f"{address}/signed", given, on=address)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_two_persons_sign_through_the_page_and_everybody_reads_who_did(
    client: StrictClient, app: Flask, issued, people: World, time_machine, language: str
) -> None:
    address, attestation, content = issued
    said, client.language = SAID[language], language
    client.sign_in("aoba", "office")
    page = client.get(address).text
    assert said["none"] in page
    assert "sig-person-1" in page
    newest = f"{address}/revisions/1/attestation.pdf"
    assert client.get(newest).data == content
    one = sign(content, HANAKO, 1, FIRST)
    assert bring(client, address, one).status_code == 302
    page = client.get(address).text
    assert said["one"] in page
    assert "青木 花子" in page
    assert "People CA" in page
    assert said["believed"] in page
    assert "sig-person-2" in page
    assert client.get(newest).data == one
    assert said["many"] in client.get(f"/verify/{attestation.code}").text
    assert "青木" not in client.get(f"/verify/{attestation.code}").text
    time_machine.move_to(SECOND, tick=False)
    assert bring(client, address, sign(one, JIRO, 2, SECOND)).status_code == 302
    page = client.get(address).text
    assert said["all"] in page
    assert f"{address}/signed" not in page
    told = client.post("/verify/file", data={"file": (io.BytesIO(client.get(newest).data), "a.pdf")}).text
    assert "青木 花子" in told
    assert "Jiro Baba" in told
    assert said["not_believed"] not in told


def test_each_wrong_file_is_told_at_the_field_and_nothing_is_kept(
    client: StrictClient, app: Flask, issued, people: World, monkeypatch
) -> None:
    address, attestation, content = issued
    one = sign(content, HANAKO, 1, FIRST)
    stranger = House("Other CA").issue("Nobody")
    late = HOUSE.issue("Late", until=FIRST - timedelta(minutes=30))
    _, other = walking.attested(people, app, "seto")
    of_another = attestations.file_of(other, walking.premises(app))
    client.sign_in("aoba", "office")
    for wrong, reason in (
        (None, "no_file"),
        (b"%PDF-nothing", "not_ours"),
        (of_another, "other_attestation"),
        (content, "not_signed_yet"),
        (sign(content, HANAKO, 2, FIRST), "file_not_good"),
        (sign(one, JIRO, 2, SECOND), "not_one_more_person"),
        (sign(content, stranger, 1, FIRST), "person_untrusted"),
        (sign(content, late, 1, FIRST), "person_expired"),
    ):
        answer = bring(client, address, wrong)
        assert answer.status_code == 422, reason
        assert str(REASONS[reason]) in answer.text, reason
        assert 'id="error-file"' in answer.text
    with monkeypatch.context() as patched:
        patched.setattr(personal, "LARGEST_ADDITION", 1000)
        assert str(REASONS["too_much_added"]) in bring(client, address, one).text
    with monkeypatch.context() as patched:
        patched.setitem(
            app.extensions, "settings", app.extensions["settings"].model_copy(update={"largest_file": 0})
        )
        assert "larger than 0 MB" in bring(client, address, one).text
    people.session.expire_all()
    assert len(attestation.files) == 1
    assert bring(client, address, one).status_code == 302
    assert str(REASONS["not_the_newest_file"]) in bring(client, address, sign(content, JIRO, 1, FIRST)).text


def test_whoever_neither_reviews_nor_certifies_brings_nothing(client: StrictClient, issued) -> None:
    address, _, content = issued
    one = sign(content, HANAKO, 1, FIRST)
    client.sign_in("aoba", "library")
    page = client.get(address).text
    assert "brings the signed PDF back" in page
    assert f"{address}/signed" not in page
    assert bring(client, "/confirm", one).status_code == 404
    assert client.press(f"{address}/signed", {"file": (io.BytesIO(one), "a.pdf")}, on=address).status_code == 403
    client.press("/sign-out")
    client.sign_in("seto", "office")
    given = {"file": (io.BytesIO(one), "a.pdf")}
    assert client.press(f"{address}/signed", given, on="/grants/new").status_code == 404


def test_what_is_archived_or_invites_nobody_takes_no_file(
    client: StrictClient, app: Flask, issued, people: World, time_machine
) -> None:
    address, attestation, content = issued
    plain, _ = walking.attested(people, app, "aoba")
    client.sign_in("aoba", "attester")
    assert "sig-person" not in client.get(f"/submissions/{plain}").text
    given = {"file": (io.BytesIO(content), "a.pdf")}
    assert client.press(f"/submissions/{plain}/signed", given, on=address).status_code == 404
    time_machine.move_to(LATER, tick=False)
    client.sign_in("aoba", "attester")
    archiving.archive(people.session, (attestation.organization_id, attestation.id), walking.premises(app), LATER)
    people.session.commit()
    page = client.get(address).text
    assert str(REASONS["already_archived"]) in page
    assert f"{address}/signed" not in page
    answer = client.press(f"{address}/signed", {"file": (io.BytesIO(content), "a.pdf")}, on=f"/submissions/{plain}")
    assert answer.status_code == 409
    assert str(REASONS["already_archived"]) in answer.text


def test_who_signed_is_told_without_reading_a_file_and_in_a_fixed_number_of_queries(
    client: StrictClient, app: Flask, issued, people: World, monkeypatch
) -> None:
    address, _, content = issued
    client.sign_in("aoba", "office")
    engine = people.session.get_bind()
    engine = getattr(engine, "engine", engine)

    def queries() -> int:
        seen: list[str] = []
        note = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        assert client.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    client.get(address)
    before = queries()
    one = sign(content, HANAKO, 1, FIRST)
    bring(client, address, one)
    bring(client, address, sign(one, JIRO, 2, FIRST))
    client.get(address)
    monkeypatch.setattr(type(walking.premises(app).desk), "read", None)
    assert queries() == before


def test_a_file_signed_by_somebody_unknown_says_so_to_people_and_machines(
    client: StrictClient, issued, people: World
) -> None:
    _, attestation, content = issued
    strange = sign(content, House("Other CA").issue("Evil\u202eeman"), 1, FIRST)
    page = client.post("/verify/file", data={"file": (io.BytesIO(strange), "a.pdf")}).text
    assert "Not believed" in page
    assert "Evil\N{REPLACEMENT CHARACTER}eman" in page
    told = client.post(
        "/verify/file", data={"file": (io.BytesIO(strange), "a.pdf")}, headers={"Accept": "application/json"}
    ).json
    assert told["persons_signed"] == 1
    assert [(one["fault"], one["authority"], one["claimed_at"]) for one in told["persons"]] == [
        ("untrusted", "", "2026-11-23T04:00:00Z")
    ]
    by_code = client.get(f"/verify/{attestation.code}", headers={"Accept": "application/json"}).json
    assert (by_code["persons_signed"], by_code["persons"]) == (0, [])
