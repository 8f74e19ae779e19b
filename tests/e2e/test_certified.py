"""Several certify one content, then two people withdraw it, by clicking: what each is told, and everybody then.

Once in Japanese, and once in English in a browser without scripts; answers and review come through the services.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from app.models import Attestation, Revision
from tests import signers
from tests.e2e.service import Service
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

# each language has an institution of its own: what one withdraws is withdrawn
CODES = {"ja": "aoba", "en": "seto"}
WHY = "研究代表者の申告に誤りがありました。"


class Packet:
    """One submission that three certify, in one language, and the browser windows around it."""

    def __init__(self, service: Service, browser: Browser, folder: Path, language: str):
        self.service, self.browser, self.folder, self.language = service, browser, folder, language
        self.code, self.open = CODES[language], list[Visitor]()
        with service.people() as people:
            self.submission_id: UUID = signers.approved(people, self.code)
        self.address = f"/submissions/{self.submission_id}"

    def visitor(self, name: str = "", code: str = "") -> Visitor:
        visitor = Visitor(self.browser, self.service.address, self.language, scripts=self.language == "ja")
        self.open.append(visitor)
        return visitor.sign_in(f"{name}@{code or self.code}.example.jp") if name else visitor

    def attestation(self) -> Attestation:
        query = select(Attestation).join(Revision, Revision.id == Attestation.revision_id)
        with self.service.people() as people:
            return people.session.scalars(query.where(Revision.submission_id == self.submission_id)).one()


@pytest.fixture(params=list(CODES))
def packet(request: pytest.FixtureRequest, service: Service, browser: Browser, tmp_path: Path) -> Iterator[Packet]:
    packet = Packet(service, browser, tmp_path, request.param)
    yield packet
    for visitor in packet.open:
        visitor.close()


def test_three_certify_one_after_the_other_and_two_withdraw_what_they_certified(packet: Packet) -> None:
    certifies(packet, "pi", signers.DECLARED["text"], turn=0)
    certifies(packet, "export", signers.data()["attestation"]["statement"]["text"], turn=1)
    attester = packet.visitor("attester")
    file = attests(packet, attester)
    proposes(packet)
    confirms(packet, attester)
    the_agency_is_told(packet)
    everybody_is_told(packet, file)
    assert "Traceback" not in packet.service.log


def turns(who: Visitor) -> Locator:
    return who.page.locator(".signers__one")


def certifies(packet: Packet, name: str, words: dict[str, str], turn: int) -> None:
    """Find on the submission's page that it is one's turn, read, and certify one's own words; unmarked, refused."""
    who = packet.visitor(name).open(packet.address)
    t = who.words
    who.follow(t("Read and certify")).sees(words["ja"], words["en"])
    expect(turns(who)).to_have_count(3)
    expect(turns(who).nth(turn)).to_contain_text(t("Certifies next"))
    who.press(t("Certify"), 422)
    who.page.get_by_label(t("I have read this and certify the statement above.")).check()
    who.press(t("Certify")).sees(t("Certified. It is the next person's turn now."))
    expect(turns(who).nth(turn)).to_contain_text(t("Has certified"))
    expect(turns(who).nth(turn + 1)).to_contain_text(t("Certifies next"))


def attests(packet: Packet, attester: Visitor) -> Path:
    """Certify as the last, and take the file, which names all three."""
    t = attester.words
    attester.open(packet.address).follow(t("Read and attest"))
    expect(turns(attester).filter(has_text=t("Has certified"))).to_have_count(2)
    attester.page.get_by_label(t("I have read the whole and certify the statement above.")).check()
    attester.press(t("Attest and issue the PDF")).sees(t("In force"))
    path = packet.folder / "confirmation.pdf"
    attester.download(t("Download the signed PDF"), path)
    return path


def proposes(packet: Packet) -> None:
    """The office asks to withdraw; without a reason it says what is missing, and with one it waits."""
    office = packet.visitor("office").open(packet.address)
    t = office.words
    office.follow(t("Withdraw the attestation"))
    office.press(t("Propose the withdrawal"), 422).sees(t("There is a problem"))
    office.write(t("Reason"), WHY)
    office.press(t("Propose the withdrawal"))
    office.sees(t("An attester confirms it, another person than the one who proposed it."), t("In force"))


def confirms(packet: Packet, attester: Visitor) -> None:
    """The attester finds who asks and why, and withdraws for ever."""
    t = attester.words
    attester.open(f"{packet.address}/revisions/1/withdrawal").sees(WHY)
    attester.press(t("Withdraw for ever"))
    attester.sees(t("Withdrawn. Everybody who verifies the attestation is told so from now on."), t("Withdrawn"))
    expect(attester.page.locator("main form")).to_have_count(0)


def the_agency_is_told(packet: Packet) -> None:
    """The programme's officer sees that it is withdrawn, and reads why."""
    officer = packet.visitor("officer", "jsps").open(f"/agency/submissions/{packet.attestation().id}")
    officer.sees(officer.words("The institution has withdrawn it"), WHY)


def everybody_is_told(packet: Packet, file: Path) -> None:
    """Whoever verifies, by code or by file, is told that it is withdrawn, and not why; the file is as issued."""
    anybody = packet.visitor().open(f"/verify/{packet.attestation().code}")
    t = anybody.words
    status = anybody.page.locator("section", has=anybody.page.locator("#answer-status"))
    anybody.sees(t("Withdrawn"), within=status).misses(WHY)
    anybody.open("/verify").page.locator("input[type=file]").set_input_files(file)
    anybody.press(t("Verify the file")).sees(t("The file is exactly as it was issued, to the last byte."))
    anybody.sees(t("Withdrawn"), within=status).misses(WHY)
    status.locator("summary").click()
    anybody.sees(t("The institution has withdrawn it."), within=status)
