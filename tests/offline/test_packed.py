"""The packed program: one file, run by a plain Python that has its dependency list and no network."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path

import pytest

from app.offline.packing import pack, requirements
from tests.offline.vectors import FOLDER, every

# Python as it was installed, without our environment; the arguments are the dependencies and the program's own
_RUN = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_path(sys.argv.pop(1), run_name='__main__')"
)


def names(text: str) -> list[str]:
    lines = (line for line in text.splitlines() if line and not line.startswith(" "))
    return [line.split("==")[0].split("[")[0] for line in lines]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program and, in ``dependencies``, what its list names and nothing else."""
    folder = tmp_path_factory.mktemp("packed")
    (folder / "kakunin-verify.pyz").write_bytes(pack())
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for name in names(requirements()):
        try:
            found = distribution(name)
        except ModuleNotFoundError:
            # for another Python or another system
            continue
        site = Path(str(found.locate_file("")))
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}:
            if not (dependencies / top).exists():
                (dependencies / top).symlink_to(site / top)
    return folder


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a stranger would, with no way to any network."""
    python = shutil.which("python3", path=str(Path(sys.base_prefix) / "bin")) or "python3"
    alone = ["unshare", "-rn"] if _can_be_alone() else []
    command = [*alone, python, "-I", "-c", _RUN, str(place / "dependencies"), str(place / "kakunin-verify.pyz")]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd="/",
        env={"PATH": os.defpath},
    )


def _can_be_alone() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


def test_equal_sources_give_equal_bytes() -> None:
    assert pack() == pack()


def test_nothing_is_packed_that_speaks_to_a_network_a_database_or_a_browser() -> None:
    with zipfile.ZipFile(BytesIO(pack())) as packed:
        sources = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".py")}
    assert {name.split("/")[1] for name in sources if name.startswith("app/")} == {
        "__init__.py",
        "domain",
        "offline",
        "pdf",
        "signing",
    }
    for name, source in sources.items():
        for forbidden in (
            "import socket",
            "import urllib",
            "http.client",
            "import requests",
            "import aiohttp",
            "flask",
            "sqlalchemy",
        ):
            assert forbidden not in source, name


def test_the_list_names_what_is_needed_by_hash_and_no_framework() -> None:
    listed = requirements()
    assert {"pyhanko", "pyhanko-certvalidator", "cryptography", "pydantic", "rfc8785", "asn1crypto"} <= set(
        names(listed)
    )
    # words are compared without what draws: no renderer and no fonts
    assert {"pikepdf", "jinja2"} <= set(names(listed))
    assert not {"flask", "sqlalchemy", "weasyprint", "fonttools", "segno"} & set(names(listed))
    for block in listed.split("\n"):
        assert block == "" or block.startswith("    --hash=sha256:") or block.endswith("\\")


def test_its_own_test_passes_without_network_and_without_the_service(place: Path) -> None:
    done = run(place, "--self-test")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{len(list(every()))} vectors, 0 differ.\n"


def test_it_says_how_it_is_called(place: Path) -> None:
    asked = run(place, "--help")
    assert asked.returncode == 0
    assert "Exit codes: 0" in asked.stdout
    for wrong in (
        (),
        ("--unknown",),
        ("/nowhere.pdf",),
        ("--at", "yesterday", "/"),
        ("--anchors", "/nowhere", "--qr", "x"),
    ):
        done = run(place, *wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("kakunin-verify: ")


@pytest.mark.parametrize("name", ["good-qr-alone", "bad-statement-signature", "unknown-paper-key"])
def test_the_text_of_a_qr_code_is_judged(place: Path, tmp_path: Path, name: str) -> None:
    vector = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    (tmp_path / "ledger.vkey").write_text(vector["trust"]["ledgers"][0] + "\n")
    text = vector["held"].get("qr") or vector["held"]["statement"]
    done = run(place, "--qr", text, "--anchors", str(tmp_path), "--at", vector["at"], "--json")
    told = json.loads(done.stdout)
    assert done.returncode == told["exit"] == vector["expected"]["exit"]
    assert told["reports"][0]["lines"] == vector["expected"]["lines"]


def test_people_read_it_in_their_language(place: Path, tmp_path: Path) -> None:
    vector = json.loads((FOLDER / "good-qr-alone.json").read_text("utf-8"))
    (tmp_path / "ledger.vkey").write_text(vector["trust"]["ledgers"][0] + "\n")
    call = ("--qr", vector["held"]["qr"], "--anchors", str(tmp_path), "--at", vector["at"])
    japanese, english = run(place, *call).stdout, run(place, *call, "--language", "en").stdout
    assert "内容の完全性: 一部を確認できました" in japanese
    assert "国立大学法人青嵐大学" in japanese
    assert "Content unchanged: confirmed in part" in english
    assert "Seiran University" in english
    assert english.endswith("It cannot be told from what there is.\n")


def test_people_read_who_signed_beside_the_seal(place: Path, tmp_path: Path) -> None:
    vector = json.loads((FOLDER / "pdf-good-person-unknown.json").read_text("utf-8"))
    (tmp_path / "persons").mkdir()
    said = {}
    for known in (False, True):
        if known:
            shutil.copy(FOLDER / "persons.pem", tmp_path / "persons" / "persons.pem")
        for name in ("pdf-good-person.pdf", "pdf-good-person-unknown.pdf"):
            call = (str(FOLDER / name), "--anchors", str(tmp_path), "--at", vector["at"], "--language")
            said[known, name] = [run(place, *call, language).stdout for language in ("ja", "en")]
    for japanese, english in (said[False, "pdf-good-person.pdf"], said[True, "pdf-good-person-unknown.pdf"]):
        assert "個人の署名: " in japanese
        assert "信頼する認証局の証明書ではありません" in japanese
        assert "— not of a trusted authority\n" in english
    name = json.loads((FOLDER / "pdf-good-person.json").read_text("utf-8"))["expected"]["persons"][0]["name"]
    japanese, english = said[True, "pdf-good-person.pdf"]
    assert f"個人の署名: {name}" in japanese
    assert japanese.count(" の証明書\n") == 1
    assert f"Signed beside the seal: {name}" in english
    assert " — certificate of " in english


def test_a_folder_is_looked_through_and_files_of_one_name_belong_together(place: Path, tmp_path: Path) -> None:
    case = json.loads((FOLDER / "good-record-statement-proof.json").read_text("utf-8"))
    inside = tmp_path / "given" / "2026"
    inside.mkdir(parents=True)
    (tmp_path / "ledger.vkey").write_text(case["trust"]["ledgers"][0])
    (inside / "attestation.json").write_text(case["held"]["record"], "utf-8")
    (inside / "attestation.jws").write_text(case["held"]["statement"] + "\n")
    (inside / "attestation.tlog-proof").write_text(case["held"]["proofs"][0]["proof"], "utf-8")
    (inside / "settings.json").write_text("{}")
    (inside / "sealed.pdf").write_bytes((FOLDER / "pdf-good-sealed.pdf").read_bytes())
    call = ("--anchors", str(tmp_path), "--at", case["at"], "--json")
    done = run(place, str(inside.parent), *call)
    reports = {Path(one["facts"]["name"]).name: one for one in json.loads(done.stdout)["reports"]}
    assert reports.keys() == {"attestation.json", "sealed.pdf"}
    assert reports["attestation.json"]["lines"] == case["expected"]["lines"]
    single = json.loads(run(place, str(inside / "attestation.json"), *call).stdout)["reports"][0]
    assert single["lines"] == case["expected"]["lines"]
    # the statement alone, with nothing beside it
    (tmp_path / "paper.jws").write_text(case["held"]["statement"])
    alone = json.loads(run(place, str(tmp_path / "paper.jws"), *call).stdout)["reports"][0]
    assert (alone["verdicts"]["content"], alone["facts"]["code"]) == ("partly", single["facts"]["code"])


def test_a_second_checkpoint_shows_that_a_ledger_forked(place: Path, tmp_path: Path) -> None:
    case = json.loads((FOLDER / "bad-ledger-forked.json").read_text("utf-8"))
    (tmp_path / "ledger.vkey").write_text(case["trust"]["ledgers"][0])
    (tmp_path / "a.json").write_text(case["held"]["record"], "utf-8")
    (tmp_path / "a.tlog-proof").write_text(case["held"]["proofs"][0]["proof"], "utf-8")
    (tmp_path / "checkpoint").write_text(case["known"]["checkpoints"][0]["note"], "utf-8")
    call = (str(tmp_path / "a.json"), "--anchors", str(tmp_path), "--at", case["at"])
    assert run(place, *call).returncode == 5
    assert run(place, *call, "--checkpoint", str(tmp_path / "checkpoint")).returncode == 4


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_that_says_something_else_is_told_with_place_and_both_texts(
    place: Path, tmp_path: Path, language: str
) -> None:
    case = json.loads((FOLDER / "page-bad-count.json").read_text("utf-8"))
    for name, file in (("seals", "seals.pem"), ("time-stamps", "time-stamps.pem")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_bytes((FOLDER / file).read_bytes())
    (tmp_path / "ledger.vkey").write_text(case["trust"]["ledgers"][0])
    call = (str(FOLDER / "page-bad-count.pdf"), "--anchors", str(tmp_path), "--at", case["at"])
    told = json.loads(run(place, *call, "--json").stdout)["reports"][0]
    assert (told["exit"], told["lines"]) == (4, case["expected"]["lines"])
    done = run(place, *call, "--language", language)
    said = {
        "ja": "全体の集計 (counts.answered): 記録「9」 紙面「10」",
        "en": "Counts of the whole (counts.answered): record “9”, page “10”",
    }
    assert said[language] in done.stdout


def test_an_older_installation_without_what_comparing_needs_judges_all_else(place: Path, tmp_path: Path) -> None:
    less = tmp_path / "less"
    less.mkdir()
    for one in (place / "dependencies").iterdir():
        if "pikepdf" not in one.name:
            (less / one.name).symlink_to(one.resolve())
    (tmp_path / "dependencies").symlink_to(less)
    (tmp_path / "kakunin-verify.pyz").symlink_to(place / "kakunin-verify.pyz")
    done = run(tmp_path, str(FOLDER / "page-good.pdf"), "--json")
    lines = {line["check"]: line for line in json.loads(done.stdout)["reports"][0]["lines"]}
    assert (lines["page"]["result"], lines["page"]["reason"]) == ("not_checked", "page_not_compared")
    assert (lines["file"]["result"], lines["record"]["result"]) == ("passed", "passed")


def test_an_empty_folder_and_a_damaged_zip_are_told(place: Path, tmp_path: Path) -> None:
    empty = run(place, str(tmp_path), "--language", "en")
    assert (empty.returncode, "There is no attestation in it." in empty.stdout) == (5, True)
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    done = run(place, str(tmp_path / "x.zip"))
    assert (done.returncode, done.stdout) == (2, "")
