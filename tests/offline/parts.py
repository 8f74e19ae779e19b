"""What the test vectors are made of: fixed keys, a record, statements, a small ledger. Nothing here is random."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain import ledger, merkle, paper
from app.domain.attestation import Record, canonical, record_bytes, sha256
from app.domain.checkpoints import Checkpoint, Proof
from app.domain.ledger import Entry, Kind
from app.domain.notes import Note, VerifierKey
from app.signing.ledgerkeys import NoteKey
from tests.domain.trees import Tree

ORIGIN = "vectors.kakunin.example/ledger"
# seeds that anybody can type: whoever believes these keys believes everybody
OURS = NoteKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHERS = NoteKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
ELSEWHERE = NoteKey("elsewhere.example/ledger", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
WITNESS = NoteKey("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x04" * 32))

SHA = "5e" * 32
ID, CODE = "01939b7c-2a51-7c3e-9a64-2f8b0d6e41aa", "7Q2MK-4XTPA-9WD3V-H5E8R"
OLDER_ID = "01939b7c-0000-7c3e-9a64-2f8b0d6e41aa"
# 2026-11-23 12:00 in Japan; cosignatures carry it in seconds
AT, SECONDS = "2026-11-23T03:00:00Z", 1795402800
COUNTS = {"answered": 9, "not_applicable": 2, "unsure": 1, "not_obtained": 1, "open": 0}
STATEMENT = {
    "version": "1.0.0",
    "text": {"ja": "上記のとおり確認しました。", "en": "The above has been ascertained."},
}


def words(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def item(**more: Any) -> dict[str, Any]:
    return {
        "id": "disclosure.posts",
        "number": "1",
        "text": words("すべての兼業を報告していますか。", "Have all outside posts been reported?"),
        "state": "answered",
        "answer": words("はい", "Yes"),
        "rows": None,
        "counts": None,
        "commitment": SHA,
        **more,
    }


def record(**more: Any) -> dict[str, Any]:
    """Return a record as data, marked as a sample."""
    attested = {
        "act": "attested",
        "role": "attester",
        "role_name": words("責任者", "Attester"),
        "post": words("理事(研究担当)", "Vice-President (Research)"),
        "orcid": None,
        "at": AT,
        "method": "totp",
        "signed_in_at": "2026-11-23T02:58:00Z",
        "seen_sha256": SHA,
        "statement_sha256": sha256(canonical(STATEMENT)),
        "ink": None,
    }
    return {
        "format": "kakunin-attestation/1",
        "id": ID,
        "code": CODE,
        "sample": True,
        "issuer": {
            "name": words("国立大学法人青嵐大学", "Seiran University"),
            "code": "seiran-u",
            "ror": "https://ror.org/00example",
        },
        "funder": {
            "code": "jsps",
            "name": words("日本学術振興会", "Japan Society for the Promotion of Science"),
            "ror": None,
            "programme": "kakenhi",
            "programme_name": words("科学研究費助成事業", "KAKENHI"),
            "call_name": words("基盤研究(B)", "Scientific Research (B)"),
            "fiscal_year": 2026,
        },
        "grant": {
            "number": "JP26H01234",
            "title": words("髙﨑の𠮷研究", "A study of \u201cquotes\u201d, \\ and \u2028 in names"),
            "post_of_pi": words("教授", "Professor"),
            "participants": 3,
        },
        "stage": "award",
        "stage_name": words("採択時", "At the award"),
        "checklist": {
            "family": "research-security-integrity",
            "version": "2.0.0",
            "sha256": SHA,
            "title": words("研究セキュリティ", "Research security"),
        },
        "sections": [
            {"id": "disclosure", "title": words("開示", "Disclosure"), "counts": COUNTS, "items": [item()]}
        ],
        "counts": COUNTS,
        "lists": [{"name": words("外国ユーザーリスト", "Foreign End User List"), "edition": "2026-11"}],
        "acts": [attested],
        "statement": STATEMENT,
        "snapshot_sha256": SHA,
        "supersedes": None,
        "attested_at": AT,
        "valid_until": "2027-11-23",
        "verify_url": f"https://vectors.kakunin.example/verify/{CODE}",
        "ledger": ORIGIN,
        "template": {"id": "confirmation", "version": "2.0.0", "sha256": SHA},
        "salt": "00112233445566778899aabbccddeeff",
        **more,
    }


def own(**more: Any) -> dict[str, Any]:
    """Return a record about the institution itself, not a sample, without a last day."""
    agency = {"code": "mext", "name": words("文部科学省", "MEXT"), "ror": None, "fiscal_year": 2026}
    nothing = {"programme": None, "programme_name": None, "call_name": None}
    return record(grant=None, funder=agency | nothing, sample=False, valid_until=None, **more)


OWN = {"version": "1.0.0", "text": words("申告しました。", "I have declared it.")}


def signed_by_several() -> dict[str, Any]:
    """Return a record that an investigator and an officer attested before the attester."""
    data = record()
    (last,) = data["acts"]
    post = {"role": "principal_investigator", "role_name": words("研究代表者", "Principal investigator")}
    first = (
        last | post | {"statement_sha256": sha256(canonical(OWN)), "orcid": "https://orcid.org/0000-0002-1825-0097"}
    )
    officer = last | {"role": "library", "role_name": words("図書館", "Library")}
    return data | {"acts": [first, officer, last], "declarations": [OWN]}


def last_with_own_words() -> dict[str, Any]:
    """Return what is no record: the last who attests certifies what only those before may."""
    data = signed_by_several()
    return data | {"acts": [data["acts"][2], data["acts"][1], data["acts"][0]]}


def signed_in_ink() -> dict[str, Any]:
    """Return a record whose attester signed on paper."""
    data = record()
    ink = {
        "signed_on": "2026-11-22",
        "scan_sha256": SHA,
        "role": "integrity_officer",
        "role_name": words("研究インテグリティ担当", "Research integrity officer"),
        "post": words("課長", "Head of section"),
        "at": AT,
        "method": "totp",
    }
    return data | {"acts": [data["acts"][0] | {"method": "ink", "signed_in_at": None, "ink": ink}]}


def written(data: dict[str, Any]) -> bytes:
    """Return the canonical bytes of a record, which must be one."""
    return record_bytes(Record.model_validate(data))


def jws(data: dict[str, Any], key: NoteKey = OURS, kid: str | None = None) -> str:
    return paper.statement(Record.model_validate(data), key.sign, kid or key.verifier.id.hex())


def signed(header: bytes, claims: bytes, key: NoteKey = OURS) -> str:
    """Return a JWS of any header and claims, signed as well as can be."""
    start = f"{paper.base64url(header)}.{paper.base64url(claims)}"
    return f"{start}.{paper.base64url(key.sign(start.encode()))}"


def entry(kind: Kind, data: dict[str, Any], hashed: str) -> Entry:
    return Entry(kind, ledger.name_of(data["salt"], data["id"]), hashed)


def issue(data: dict[str, Any]) -> Entry:
    return entry(Kind.ISSUE, data, sha256(written(data)))


def stranger(number: int) -> Entry:
    """Return an entry about an attestation of somebody else."""
    return Entry(Kind.ISSUE, sha256(b"name %d" % number), sha256(b"record %d" % number))


def tree(entries: dict[int, Entry], size: int) -> Tree:
    """Return a ledger of a size with these entries at their places and strangers' between them."""
    return Tree([entries.get(index, stranger(index)).content for index in range(size)])


def note(made: Tree, key: NoteKey = OURS, *, cosigned: bool = True, witnessed: bool = False) -> str:
    """Return the signed checkpoint of a ledger, as the service writes it."""
    text = Checkpoint(key.name, len(made.contents), made.root()).text
    lines = [key.sign_note(text)]
    if cosigned:
        lines.append(key.cosign(text, SECONDS))
    if witnessed:
        lines.append(WITNESS.cosign(text, SECONDS + 60))
    return Note(text, tuple(lines)).written


def proof(made: Tree, index: int, checkpoint: str | None = None) -> Proof:
    path = merkle.inclusion(made.get, index, len(made.contents))
    return Proof(index, tuple(path), checkpoint or note(made))


def vkey(key: NoteKey = OURS) -> str:
    verifier: VerifierKey = key.verifier
    return verifier.text


def flip(text: str, place: int) -> str:
    """Return a text with one letter changed."""
    return text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def pretty(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)
