"""The main job from registering a grant to an agency reading the attested record, by clicking what is written.

Once in Japanese, and once in English in a browser without scripts: everything works there too.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from app import models
from app.catalog.versions import load_version
from app.demo.filling import fill
from app.domain.labels import FACT_NAMES, PARTS, STAGES
from app.domain.texts import Text
from app.domain.workflow import FRESH
from app.services import answers, revisions
from tests.e2e.service import NAMES, ROOT, Service
from tests.e2e.visitor import Visitor, Words
from tests.walking import FILLERS

pytestmark = pytest.mark.e2e

CHECKLIST = load_version(ROOT / "checklists" / "research-security-integrity" / "2.0.0.yaml").checklist
STATEMENT = CHECKLIST.attestation.statement.text
HEADING = "課題番号,公募コード,研究課題名,研究課題名(英文),役割,氏名,所属研究機関,研究者番号\r\n"


class Walk:
    """One grant on its way, in one language, and the people around it."""

    def __init__(self, service: Service, browser: Browser, folder: Path, language: str, *, scripts: bool):
        self.service, self.browser, self.folder = service, browser, folder
        self.language, self.scripts = language, scripts
        self.words = Words(language)
        self.number = {"ja": "JP26K20001", "en": "JP26K20002"}[language]
        self.visitors: list[Visitor] = []
        self.submission_id = UUID(int=0)

    def visitor(self, name: str = "", code: str = "aoba") -> Visitor:
        """Let somebody come in, signed in when they have a name."""
        visitor = Visitor(self.browser, self.service.address, self.language, scripts=self.scripts)
        self.visitors.append(visitor)
        return visitor.sign_in(f"{name}@{code}.example.jp") if name else visitor

    def say(self, text: Text) -> str:
        return text.in_(self.language)

    def section(self, section_id: str) -> str:
        found = CHECKLIST.section(section_id)
        assert found is not None
        return self.say(found.title)

    # ---- one question on a page ----

    def question(self, who: Visitor, item: str, row: Locator | None = None) -> Locator:
        """Return the place of a question, found by its words."""
        text = self.say(CHECKLIST.items[item].text)
        asked = who.page.locator(".item__question span", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))
        return (row or who.page.locator("main")).locator(".item").filter(has=asked).first

    def choose(self, who: Visitor, item: str, *values: str, row: Locator | None = None) -> None:
        place = self.question(who, item, row)
        for option in CHECKLIST.items[item].choices:
            if option.value in values:
                place.get_by_label(self.say(option.label), exact=True).check()
        self.kept(who)

    def type(self, who: Visitor, item: str, text: str, row: Locator | None = None) -> None:
        box = self.question(who, item, row).locator(".item__control").locator("input, textarea, select")
        if box.evaluate("node => node.tagName") == "SELECT":
            box.select_option(label=text)
        else:
            box.fill(text)
            box.blur()
        self.kept(who)

    def cannot(self, who: Visitor, item: str, state: str, reason: str) -> None:
        """Say why a question cannot be answered as asked."""
        place = self.question(who, item)
        inner = who.unfold(self.words("I cannot answer this as asked"), place)
        # the hint under the choice belongs to its name
        inner.get_by_label(re.compile(rf"^\s*{re.escape(self.words(state))}")).check()
        inner.get_by_label(self.words("Reason"), exact=True).fill(reason)
        inner.get_by_label(self.words("Reason"), exact=True).blur()
        self.kept(who)

    def kept(self, who: Visitor) -> None:
        """With scripts, see the page say that it saved; without, one saves by hand."""
        if self.scripts:
            # the longer of what stands before and after the time: Japanese says it after
            saved = max(self.words("Saved {time}").split("{time}"), key=len).strip()
            expect(who.page.locator("[data-save-status]")).to_contain_text(saved)
            expect(who.page.locator("[data-save-status]")).not_to_contain_text(self.words("Not saved yet"))

    def saves(self, who: Visitor) -> None:
        """Without scripts, save by hand: what appears comes with the next page."""
        if not self.scripts:
            who.press(self.words("Save"))
            who.sees(self.words("Saved."))

    def state(self) -> str:
        with self.service.people() as people:
            office = self.service.actor(people, "office")
            return revisions.find(people.session, office, self.submission_id).revision.state


@pytest.fixture(params=["ja", "en"])
def walk(request: pytest.FixtureRequest, service: Service, browser: Browser, tmp_path: Path) -> Iterator[Walk]:
    walk = Walk(service, browser, tmp_path, request.param, scripts=request.param == "ja")
    yield walk
    for visitor in walk.visitors:
        visitor.close()


def test_from_registering_a_grant_to_the_agency(walk: Walk) -> None:
    office = walk.visitor("office")
    registers(walk, office)
    imports(walk, office)
    opens(walk, office)
    investigator = walk.visitor("pi")
    fills(walk, office, investigator)
    clashes(walk, office, investigator)
    the_others_fill(walk)
    sends(walk, office)
    second = walk.visitor("office2")
    returns(walk, second)
    corrects(walk, office)
    approves(walk, second)
    attester = walk.visitor("attester")
    attests(walk, attester)
    sealed = takes_the_pdf(walk, attester)
    signs_out(walk, attester)
    anybody_verifies(walk, sealed)
    the_agency_reads(walk, sealed)
    assert "Traceback" not in walk.service.log
    assert len({page for visitor in walk.visitors for page in visitor.seen}) >= 20


def registers(walk: Walk, office: Visitor) -> None:
    """Look at the grants, then register one by form, with a wrong number at first, and put people on it."""
    t, page = walk.words, office.page
    stages = [walk.say(STAGES[stage]) for stage in ("application", "award")]
    office.sees("JP26K00001", *stages, t("Not started"))
    office.sees(t.many("%(num)s day left", "%(num)s days left", 14))
    office.follow(t("Register a grant"))
    office.write(t("Award number"), "26-20001?")
    office.choose(t("Programme and call"), "jsps" if walk.language == "ja" else "JSPS")
    office.write(t("Title in Japanese"), "冷却原子による精密測定")
    office.write(t("Title in English"), "Precision measurement with cold atoms")
    office.tick(t("Do institutions or researchers abroad take part?"), t("No"))
    office.tick(t("Do other institutions share the work?"), t("Not known yet"))
    office.press(t("Register the grant"), 422)
    summary = page.get_by_role("alert")
    office.sees(t("There is a problem"), within=summary)
    summary.get_by_role("link").click()
    box = page.get_by_label(t("Award number")).first
    if walk.scripts:
        expect(box).to_be_focused()
    expect(box).to_have_value("26-20001?")
    expect(page.get_by_label(t("Title in English")).first).to_have_value("Precision measurement with cold atoms")
    office.write(t("Award number"), walk.number)
    office.press(t("Register the grant"))
    office.sees(t("The grant is registered. Add the people who take part."), t("Nobody yet"))
    takes_part(walk, office, "principal_investigator", NAMES["pi"], account=NAMES["pi"])
    takes_part(walk, office, "co_investigator", "山﨑 美咲")
    office.sees(t("No account here: the research office writes down the answers"))


def takes_part(walk: Walk, office: Visitor, part: str, name: str, account: str = "") -> None:
    t = walk.words
    form = office.unfold(t("Add a person"))
    office.choose(t("Part in the grant"), walk.say(PARTS[part]), form)
    form.get_by_label(
        re.compile(rf"^\s*{re.escape(t('Name'))}(?!\s*{re.escape(t('Name in Latin letters')[2:])})")
    ).first.fill(name)
    office.write(t("Institution"), "青葉大学", form)
    if account:
        office.choose(t("Account"), account, form)
    office.press(t("Add this person"))
    office.sees(t("%(name)s takes part now.", name=name), name)


def imports(walk: Walk, office: Visitor) -> None:
    """Check a list with faults, then one without, and import it."""
    t, page = walk.words, office.page
    number = walk.number.replace("K2", "K3")
    line = f"{number},jsps-2026,湧水群の生物多様性,Biodiversity of springs,研究代表者,白石 奈緒,青葉大学,"
    office.open("/")
    office.follow(t("Import an award list"))
    office.press(t("Check the file"), 422)
    office.sees(t("Choose a file."))
    upload(walk, office, HEADING + line + "1234567\r\n", "utf-8-sig")
    office.sees(t.many("The file has %(num)s fault.", "The file has %(num)s faults.", 1))
    fault = page.locator("#faults tbody tr")
    expect(fault).to_contain_text("2")
    office.sees("研究者番号", t("An e-Rad researcher number has eight digits."), "1234567", within=fault)
    expect(
        page.get_by_role("button", name=t.many("Import %(num)s grant", "Import %(num)s grants", 1))
    ).to_have_count(0)
    office.follow(t("Choose another file"))
    upload(walk, office, HEADING + line + "79509274\r\n", "cp932")
    office.sees(t.many("The file can be imported: %(num)s grant.", "The file can be imported: %(num)s grants.", 1))
    office.sees("Shift_JIS", number)
    office.press(t.many("Import %(num)s grant", "Import %(num)s grants", 1))
    office.sees(t("%(number)s grants were imported.", number=1), number)


def upload(walk: Walk, office: Visitor, text: str, encoding: str) -> None:
    file = {"name": "grants.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)}
    office.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    office.press(walk.words("Check the file"))


def opens(walk: Walk, office: Visitor) -> None:
    """See what the grant needs and why; open the submission for the application."""
    t = walk.words
    office.open("/grants")
    office.follow(walk.number)
    need = office.page.locator(".need").filter(has_text=walk.say(STAGES["application"]))
    office.sees(walk.say(CHECKLIST.title), t("Needed"), within=need)
    expect(need).to_contain_text(walk.say(FACT_NAMES["call.fiscal_year"]))
    office.press(t("Open the submission"), within=need)
    walk.submission_id = UUID(re.search(r"[0-9a-f-]{36}", office.page.url)[0])  # type: ignore[index]
    office.sees(walk.section("scope"), walk.section("declarations"), t("Not started"), CHECKLIST.version)


def fills(walk: Walk, office: Visitor, investigator: Visitor) -> None:
    """Type a whole section: a question that appears, one that cannot be answered; then rows in another."""
    t = walk.words
    office.follow(walk.section("scope"))
    walk.choose(office, "scope.designated", "no")
    walk.choose(office, "scope.fiscal-year", "2026")
    walk.choose(office, "scope.areas", "quantum", "materials")
    depending = walk.question(office, "scope.core-technology")
    office.sees(t("Shown because it is not decided yet whether this applies."), within=depending)
    walk.choose(office, "scope.large-grant", "no")
    walk.saves(office)
    expect(depending).to_be_hidden()
    walk.choose(office, "scope.large-grant", "yes")
    walk.saves(office)
    expect(depending).to_be_visible()
    expect(depending.locator("[data-because]")).to_contain_text(walk.say(CHECKLIST.items["scope.large-grant"].text))
    walk.choose(office, "scope.core-technology", "written")
    walk.cannot(office, "scope.results-public", "Unsure", "共同研究先と\n協議しています。")
    office.press(t("Save and continue"))
    office.sees(walk.section("roster"))
    # what only the investigator has to say
    investigator.sees(walk.number)
    investigator.misses(t("Register a grant"))
    mine = investigator.page.locator("tr").filter(has_text=walk.number)
    called = walk.say(CHECKLIST.name) + t(", ") + walk.say(STAGES["application"])
    investigator.follow(called, within=mine)
    investigator.follow(walk.section("scope"))
    unsure = re.compile(rf"^\s*{re.escape(t('Unsure'))}")
    expect(walk.question(investigator, "scope.results-public").get_by_label(unsure)).to_be_checked()
    walk.choose(investigator, "scope.foreign", "no")
    investigator.press(t("Save and go to overview"))
    line = investigator.page.locator(".task-list li").filter(has_text=walk.section("scope"))
    expect(line).to_contain_text(t("Done"))
    rows(walk, office)


def rows(walk: Walk, office: Visitor) -> None:
    """Add rows of partners, take one out again, and declare the list complete."""
    t, page = walk.words, office.page
    office.open(f"/submissions/{walk.submission_id}").follow(walk.section("partners-section"))
    for _ in range(2):
        office.press(t("Add a row"))
    places = page.locator(".group__row")
    expect(places).to_have_count(2)
    first = places.first
    walk.type(office, "partners.name", "Northbridge Institute", first)
    walk.type(office, "partners.country", {"ja": "フランス", "en": "France"}[walk.language], first)
    walk.choose(office, "partners.role", "joint", row=first)
    walk.saves(office)
    with page.expect_navigation():
        places.nth(1).get_by_role("button", name=t("Remove this row")).click()
    office.look().sees(t("The row was removed. Its answers are kept in the history."))
    expect(places).to_have_count(1)
    expect(places.get_by_role("heading", level=3)).to_have_text("Northbridge Institute")
    page.get_by_label(t("All rows are entered"), exact=True).check()
    walk.kept(office)
    office.press(t("Save"))


def clashes(walk: Walk, office: Visitor, investigator: Visitor) -> None:
    """Two people change one answer: both texts are shown, nothing is lost, both stay in the history."""
    t, item = walk.words, "declaration.other-support-detail"
    here = f"/submissions/{walk.submission_id}/sections/declarations"
    investigator.open(here)
    mine = investigator.page.locator(".group__row").filter(has_text=NAMES["pi"])
    walk.choose(investigator, "declaration.other-support", "yes", row=mine)
    walk.saves(investigator)
    walk.type(investigator, item, "測定器の貸与", mine)
    investigator.press(t("Save"))
    office.open(here)
    walk.type(investigator, item, "測定器の貸与（2026年度末まで）", mine)
    investigator.press(t("Save"))
    place = walk.question(office, item, office.page.locator(".group__row").filter(has_text=NAMES["pi"]))
    box = place.locator("textarea").first
    box.fill("測定器と試料の貸与")
    if walk.scripts:
        box.blur()
        office.sees(t("Somebody else changed an answer that you are changing"))
        office.sees(
            t("Somebody else changed this answer. What you typed is kept here, but not saved."), within=place
        )
        office.quiet(409)
    office.press(t("Save"), 409)
    office.sees(t("Somebody else answered meanwhile"), "測定器の貸与（2026年度末まで）", NAMES["pi"])
    expect(office.page.locator(".clash textarea").first).to_have_value("測定器と試料の貸与")
    office.press(t("Send my version"))
    expect(place.locator("textarea").first).to_have_value("測定器と試料の貸与")
    with walk.service.people() as people:
        opened = revisions.find(people.session, walk.service.actor(people, "office"), walk.submission_id)
        principal = next(one for one in opened.grant.participants if one.membership_id)
        row = next(
            row for row in opened.rows["declaration"] if opened.participant_of[str(row.id)] == str(principal.id)
        )
        said = [line.value for line in answers.history(people.session, opened, (item, str(row.id)))]
    assert said[-3:] == ["測定器の貸与", "測定器の貸与（2026年度末まで）", "測定器と試料の貸与"]


def the_others_fill(walk: Walk) -> None:
    """The rest is answered through the services, by the people whose it is."""
    with walk.service.people() as people:
        actors = [walk.service.actor(people, name) for name in FILLERS]
        fill(people.session, actors, walk.submission_id)


def sends(walk: Walk, office: Visitor) -> None:
    """Check the answers, and send them for review."""
    t = walk.words
    office.open(f"/submissions/{walk.submission_id}").follow(t("Check and send"))
    office.sees("Northbridge Institute", "測定器と試料の貸与", t("Unsure"), "協議しています。")
    office.write(t("Note to the reviewer"), "締切前にご確認ください。")
    office.press(t("Send for review"))
    office.sees(t("In review"))
    assert walk.state() == "in_review"


def returns(walk: Walk, second: Visitor) -> None:
    """A second person returns a named item with a reason; without one, nothing is returned."""
    t = walk.words
    second.open("/grants?state=in_review").sees(walk.number)
    second.open(f"/submissions/{walk.submission_id}").follow(t("Review"))
    second.sees("締切前にご確認ください。", NAMES["office"])
    second.press(t("Return with reasons"), 422)
    second.sees(t("Name at least one item and write the reason."))
    text = walk.say(CHECKLIST.items["partners.name"].text)
    line = second.page.locator("dl > div").filter(has=second.page.locator("dt", has_text=text)).first
    second.unfold(t("Return this item"), line)
    second.write(t("What should change, and why"), "正式な名称にしてください。", line)
    second.press(t("Return with reasons"))
    second.sees(t("Returned with your reasons."))
    assert walk.state() == "returned"


def corrects(walk: Walk, office: Visitor) -> None:
    """The office finds what was returned and why, corrects it, and sends again."""
    t = walk.words
    office.open("/grants?state=returned").sees(walk.number, t("Returned"))
    office.open(f"/submissions/{walk.submission_id}")
    office.sees(t("Returned: please change these items"), "正式な名称にしてください。")
    text = walk.say(CHECKLIST.items["partners.name"].text)
    with office.page.expect_navigation():
        office.page.locator(".notice").get_by_role("link").filter(has_text=text).click()
    office.look().sees(t("Returned by the reviewer"), "正式な名称にしてください。")
    expect(walk.question(office, "partners.role").locator("input[type=radio]")).to_have_count(0)
    walk.type(office, "partners.name", "Northbridge Institute of Technology")
    office.press(t("Save and continue"))
    office.follow(t("Check and send"))
    office.press(t("Send for review"))


def approves(walk: Walk, second: Visitor) -> None:
    """The second person sees what changed, and approves; the sender could not have."""
    t = walk.words
    second.open(f"/submissions/{walk.submission_id}").follow(t("Review"))
    changes = second.page.locator(".changes")
    second.sees(t("What changed since it was last returned or taken back"))
    second.sees(t("Before"), t("Now"), "Northbridge Institute of Technology", within=changes)
    second.press(t("Approve"))
    second.sees(t("Approved. It waits for the attester now."), t("Awaiting attestation"))


def attests(walk: Walk, attester: Visitor) -> None:
    """The attester reads the whole and certifies; a sign-in of more than ten minutes ago is not enough."""
    t = walk.words
    attester.open(f"/submissions/{walk.submission_id}").follow(t("Read and attest"))
    attester.sees(STATEMENT.ja, STATEMENT.en, t("This will be a sample"), "Northbridge Institute of Technology")
    attester.press(t("Attest and issue the PDF"), 422)
    certify(walk, attester)
    age(walk, "attester")
    attester.press(t("Attest and issue the PDF"))
    attester.sees(t("Sign in again"))
    assert walk.state() == "awaiting_attestation"
    attester.write(t("Password"), "not this one")
    attester.press(t("Continue"), 422)
    attester.write(t("Password"), "a long test password")
    attester.press(t("Continue"))
    attester.sees(t("Thank you. You have signed in afresh."))
    certify(walk, attester)
    attester.press(t("Attest and issue the PDF"))
    attester.sees(t("Attested. The signed PDF is ready."), t("In force"))
    assert walk.state() == "submitted"


def certify(walk: Walk, attester: Visitor) -> None:
    attester.page.get_by_label(walk.words("I have read the whole and certify the statement above.")).check()


def age(walk: Walk, name: str) -> None:
    """Let a sign-in lie longer ago than attesting allows."""
    with walk.service.people() as people:
        member = people.member("aoba", name)
        for record in people.session.scalars(select(models.SessionRecord).filter_by(membership_id=member.id)):
            assert record.signed_in_at
            record.signed_in_at -= FRESH + timedelta(minutes=1)


def takes_the_pdf(walk: Walk, attester: Visitor) -> Path:
    """Download the PDF and hold it against what other programs and the database say."""
    path = walk.folder / "confirmation.pdf"
    attester.download(walk.words("Download the signed PDF"), path)
    seal = said("pdfsig", "-nocert", path)
    assert "Signature is Valid" in seal, seal
    assert "Total document signed" in seal, seal
    assert "No syntax or stream encoding errors found" in said("qpdf", "--check", path)
    with pikepdf.open(path) as pdf:
        assert sorted(pdf.attachments) == ["attestation.json", "attestation.jws", "attestation.tlog-proof"]
        attached = pdf.attachments["attestation.json"].get_file().read_bytes()
    with walk.service.people() as people:
        stored = attestation(walk, people)
        assert attached == stored.record
    return path


def attestation(walk: Walk, people) -> models.Attestation:
    query = select(models.Attestation).join(models.Revision, models.Revision.id == models.Attestation.revision_id)
    return people.session.scalars(query.where(models.Revision.submission_id == walk.submission_id)).one()


def said(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def signs_out(walk: Walk, attester: Visitor) -> None:
    """After signing out, the pages ask for signing in, and another university's office finds nothing."""
    t = walk.words
    attester.press(t("Sign out"))
    attester.page.goto(f"{walk.service.address}/submissions/{walk.submission_id}")
    attester.look().sees(t("Sign in"))
    stranger = walk.visitor("office", "hokuryo")
    stranger.open(f"/submissions/{walk.submission_id}", 404)


def anybody_verifies(walk: Walk, sealed: Path) -> None:
    """Anybody verifies by file and by code; one byte changed is not authentic, and the reason stands there."""
    t = walk.words
    anybody = walk.visitor().open("/verify")
    verify_file(walk, anybody, sealed)
    anybody.sees(
        t("The file is exactly as it was issued, to the last byte."), t("Sample"), t("In force"), walk.number
    )
    printed = flattened(sealed)
    verify_file(walk, anybody, printed)
    anybody.sees(t("Asked about a print or picture, by its QR code."), t("Proven in part"), walk.number)
    with walk.service.people() as people:
        code = attestation(walk, people).code
    anybody.follow(t("Verify another"))
    anybody.write(t("Verification code"), code.lower().replace("-", " "))
    anybody.press(t("Look up the code"))
    anybody.sees(t("Not checked"), t("In force"), code)
    anybody.open("/verify")
    anybody.write(t("Verification code"), "00000-00000-00000-00000")
    anybody.press(t("Look up the code"), 404)
    damaged = damage(sealed)
    verify_file(walk, anybody, damaged)
    anybody.sees(t("Not as it was issued"), t("Failed"))
    toggle = {"ja": "English", "en": "日本語"}[walk.language]
    anybody.open("/verify").page.get_by_role("button", name=toggle).click()
    other = {"ja": "en", "en": "ja"}[walk.language]
    expect(anybody.page.locator("html")).to_have_attribute("lang", other)
    command(walk, sealed, 0, authentic=True)
    command(walk, damaged, 4, authentic=False)


def verify_file(walk: Walk, anybody: Visitor, file: Path) -> None:
    if "/verify" not in anybody.page.url or anybody.page.locator("input[type=file]").count() == 0:
        anybody.open("/verify")
    anybody.page.locator("input[type=file]").set_input_files(file)
    anybody.press(walk.words("Verify the file"))


def flattened(sealed: Path) -> Path:
    """Return the first page as a portal flattens it: a picture at 150 dpi in a PDF."""
    with pypdfium2.PdfDocument(sealed) as document:
        page = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    place = sealed.with_name("printed.pdf")
    page.save(place, "PDF", resolution=150)
    return place


def damage(sealed: Path) -> Path:
    """Change one letter of what the file says of its maker, which nobody would see on paper."""
    data = bytearray(sealed.read_bytes())
    place = data.index(b"/Producer") + len("/Producer (")
    data[place + 2] ^= 1
    damaged = sealed.with_name("damaged.pdf")
    damaged.write_bytes(data)
    return damaged


def command(walk: Walk, file: Path, code: int, *, authentic: bool) -> None:
    done = walk.service.flask("attestations", "verify", str(file), "--json")
    assert done.returncode == code, done.stdout + done.stderr
    assert json.loads(done.stdout)["authentic"] is authentic


def the_agency_reads(walk: Walk, sealed: Path) -> None:
    """The officer of the programme reads and downloads; the officer of another programme finds nothing."""
    t = walk.words
    officer = walk.visitor("officer", "jsps")
    officer.sees(walk.number, t("In force"))
    officer.follow(walk.number)
    officer.sees(t("As the institution certified it on that day."), STATEMENT.ja, walk.section("declarations"))
    assert officer.page.locator("main form").count() == 0
    address = officer.page.url
    copy = officer.download(t("Download the signed PDF"), walk.folder / "copy.pdf")
    assert copy == sealed.read_bytes()
    officer.open(f"/submissions/{walk.submission_id}", 403)
    outsider = walk.visitor("outsider", "jsps")
    outsider.sees(t("No attestations yet")).misses(walk.number)
    outsider.open(address, 404)
