"""The pictures of ``docs/pictures``: the demo as people see it. Run by ``make pictures``."""

import io
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.demo.world import FAMILY, PASSWORD, address
from app.domain.attestation import Record
from app.models import Attestation, ChecklistVersion, Grant, Requirement, Revision, Submission
from tests.e2e.service import ROOT, Service, running
from tests.e2e.visitor import NARROW, WIDE, launch
from tests.manipulations import repaged, resealed

PLACE = ROOT / "docs" / "pictures"
LARGEST = 200_000
TALLEST = {WIDE["width"]: 1500, NARROW["width"]: 1300}
# grants of the demo that stand where a picture needs them
DRAFT, BEGUN, CHANGED, AWAITING, ATTESTED = "JP26H90227", "JP26K90502", "JPMJKP26Z1", "JP26H90338", "JPMJKP26Z1"
CERTIFYING, SEVERAL = "JP26KK9015", "joint-research-declaration"
# what `make run` would print on an attestation
PRINTED = "http://127.0.0.1:8000"


def main() -> None:
    """Take every picture anew."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kakunin-pictures-") as folder,
        running(Path(folder), lambda service: service.must("demo", "load"), PRINTED) as service,
    ):
        # sealing is not possible beside a browser's event loop
        forged = _forged(service)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            _wide(service, browser)
            _certifying(service, browser)
            _verifying(service, browser, forged)
            _english(service, browser)
            _phone(service, browser)
            _publisher(service, browser)
            browser.close()
        _paper(service, Path(folder))
    for picture in sorted(PLACE.glob("*.png")):
        size = picture.stat().st_size
        assert size <= LARGEST, f"{picture.name} has {size} bytes"
        print(f"{picture.name:32} {size / 1000:5.0f} kB")  # noqa: T201


def _wide(service: Service, browser: Browser) -> None:
    draft, changed = _submission(service, DRAFT, "award"), _submission(service, CHANGED, "award")
    awaiting, begun = _submission(service, AWAITING, "award"), _submission(service, BEGUN, "application")
    with _window(service, browser, "office", "aoba") as page:
        _take(page, "/grants", "grants")
        _take(page, f"/grants/{_grant(service, DRAFT)}", "grant")
        _take(page, f"/submissions/{draft}", "submission")
        _take(page, f"/submissions/{begun}/sections/scope", "section")
        _take(page, f"/submissions/{draft}/check", "check")
        _take(page, f"/submissions/{changed}/history", "history")
        _take(page, "/grants/import", "import")
    with _window(service, browser, "office2", "aoba") as page:
        _take(page, f"/submissions/{changed}/review", "review")
    with _window(service, browser, "attester", "aoba") as page:
        _take(page, f"/submissions/{awaiting}/attest", "attest")
        _take(page, f"/submissions/{awaiting}/attest", "attest-statement", at="#decision")
    with _window(service, browser) as page:
        _take(page, "/sign-in", "sign-in")
    with _window(service, browser, "officer", "jst") as page:
        _take(page, "/agency/submissions", "agency")
        with page.expect_navigation():
            page.get_by_role("link", name=ATTESTED).first.click()
        _keep(page, "agency-submission")


def _certifying(service: Service, browser: Browser) -> None:
    """Show the first of three at what they certify."""
    waits = _submission(service, CERTIFYING, "application", SEVERAL)
    with _window(service, browser, "yoshida", "aoba") as page:
        _take(page, f"/submissions/{waits}/certify", "certify")


def _verifying(service: Service, browser: Browser, forged: Path) -> None:
    """Verify a file that was issued, and one whose page says something else than its record."""
    issued = _file(service, ATTESTED, "application", service.folder)
    for file, name in ((issued, "verify"), (forged, "verify-differs")):
        with _window(service, browser) as page:
            page.goto("/verify")
            page.locator("input[type=file]").set_input_files(file)
            with page.expect_navigation():
                page.get_by_role("button", name="ファイルを検証する").click()
            _keep(page, name)


def _english(service: Service, browser: Browser) -> None:
    begun, changed = _submission(service, BEGUN, "application"), _submission(service, CHANGED, "award")
    with _window(service, browser, "office", "aoba", locale="en-GB") as page:
        _take(page, "/grants", "grants-en")
        _take(page, f"/submissions/{begun}/sections/scope", "section-en")
    with _window(service, browser, "office2", "aoba", locale="en-GB") as page:
        _take(page, f"/submissions/{changed}/review", "review-en")


def _phone(service: Service, browser: Browser) -> None:
    draft, begun = _submission(service, DRAFT, "award"), _submission(service, BEGUN, "application")
    with _window(service, browser, "office", "aoba", size=NARROW) as page:
        _take(page, "/grants", "grants-phone")
        _take(page, f"/submissions/{draft}", "submission-phone")
        _take(page, f"/submissions/{begun}/sections/scope", "section-phone")


def _publisher(service: Service, browser: Browser) -> None:
    """The tour of docs/checklists/tour.md."""
    old, new = _version(service, "1.0.0"), _version(service, "2.0.0")
    with _window(service, browser) as page:
        _take(page, f"/checklists/{new}", "checklist")
        _take(page, f"/checklists/{old}/compare/{new}", "compare")
    with _window(service, browser, "publisher", "jsps") as page:
        _take(page, "/publisher", "publisher")
        _take(page, f"/publisher/versions/{new}/coverage", "publisher-coverage")
        _take(page, f"/publisher/versions/{new}/preview", "publisher-preview")
        page.goto("/publisher/upload")
        text = (ROOT / "checklists" / FAMILY / "2.0.0.yaml").read_text("utf-8")
        damaged = service.folder / "2.1.0.yaml"
        damaged.write_text(text.replace("{item: scope.designated", "{item: scope.designate", 1), "utf-8")
        page.locator("input[type=file]").set_input_files(damaged)
        with page.expect_navigation():
            page.locator("main form button[type=submit]").first.click()
        _keep(page, "publisher-faults")
    with _window(service, browser, "office", "aoba") as page:
        _take(page, "/institution", "institution")


def _version(service: Service, number: str) -> str:
    query = select(ChecklistVersion.sha256).filter_by(family=FAMILY, version=number)
    return str(_one(service, query))


@contextmanager
def _window(
    service: Service,
    browser: Browser,
    name: str = "",
    code: str = "",
    *,
    locale: str = "ja-JP",
    size: dict[str, int] = WIDE,
) -> Iterator[Page]:
    """Open a window, signed in as somebody of the demo when there is a name."""
    context = browser.new_context(
        base_url=service.address,
        locale=locale,
        viewport=size,
        device_scale_factor=1,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    if name:
        page.goto("/sign-in")
        page.locator("input[name=email]").fill(address(name, code))
        page.locator("input[name=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main button[type=submit]").click()
        assert "/sign-in" not in page.url, f"{name} of {code} could not sign in"
    yield page
    context.close()


def _take(page: Page, path: str, name: str, at: str = "") -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path} answered {answer.status}"
    _keep(page, name, at)


def _keep(page: Page, name: str, at: str = "") -> None:
    """Keep what the page shows, from the top or from a place on it, in 256 colours."""
    width = page.viewport_size["width"]  # type: ignore[index]
    box = page.locator(at).bounding_box() if at else None
    top = max(0.0, box["y"] - 24) if box else 0.0
    height = page.evaluate("document.documentElement.scrollHeight")
    tall = min(TALLEST[width], height - top)
    page.set_viewport_size({"width": width, "height": int(tall)})
    page.evaluate("top => scrollTo(0, top)", top)
    _write(page.screenshot(), PLACE / f"{name}.png")
    page.set_viewport_size(WIDE if width == WIDE["width"] else NARROW)


def _write(data: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    # rare colours count as much as frequent ones: a small mark keeps its tone
    image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


def _paper(service: Service, folder: Path) -> None:
    """Draw the pages of an issued PDF."""
    file = _file(service, ATTESTED, "application", folder)
    subprocess.run(["pdftoppm", "-r", "70", "-png", str(file), str(folder / "page")], check=True)
    for number, page in enumerate(sorted(folder.glob("page-*.png")), start=1):
        _write(page.read_bytes(), PLACE / f"pdf-{number}.png")


def _one(service: Service, query: Any) -> Any:
    with service.people() as people:
        return people.session.scalars(query).first()


def _grant(service: Service, number: str) -> Any:
    return _one(service, select(Grant.id).filter_by(number=number))


def _submission(service: Service, number: str, stage: str, family: str = FAMILY) -> Any:
    query = (
        select(Submission.id)
        .join(Grant, Grant.id == Submission.grant_id)
        .join(Requirement, Requirement.id == Submission.requirement_id)
    )
    found = _one(
        service, query.where(Grant.number == number, Requirement.stage == stage, Requirement.family == family)
    )
    assert found is not None, f"the demo has no {stage} of {number}"
    return found


def _attestation(service: Service, number: str, stage: str) -> Any:
    query = select(Attestation).join(Revision, Revision.id == Attestation.revision_id)
    return _one(service, query.where(Revision.submission_id == _submission(service, number, stage)))


def _file(service: Service, number: str, stage: str, folder: Path) -> Path:
    """Write an issued PDF down and return where."""
    place = folder / "confirmation.pdf"
    attestation = _attestation(service, number, stage)
    place.write_bytes(service.app.extensions["premises"].store.get(attestation.pdf_sha256))
    return place


def _forged(service: Service) -> Path:
    """Write down a file whose page tells one answer more than its record, under the real seal."""
    attestation = _attestation(service, ATTESTED, "application")
    record = Record.model_validate_json(attestation.record)
    told = record.counts.answered
    page = repaged(attestation, record, (f'<td class="n">{told}</td>', f'<td class="n">{told + 1}</td>'))
    place = service.folder / "forged.pdf"
    premises = service.app.extensions["premises"]
    place.write_bytes(resealed(page, premises, record.issuer.code, attestation.attested_at))
    return place


if __name__ == "__main__":
    main()
