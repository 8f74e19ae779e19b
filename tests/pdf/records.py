"""Records as a university would make them, of any length."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.attestation import Counts, ItemPart, Record, SectionPart, Statement
from app.domain.paper import statement
from app.domain.texts import Text
from app.pdf.confirmation import Enclosed, template_part

CODE = "7Q2MK-4XTPA-9WD3V-H5E8R"
KEY, KID = Ed25519PrivateKey.from_private_bytes(b"paper" * 6 + b"!!"), "0a1b2c3d"
STATES = ("answered", "not_applicable", "unsure", "not_obtained", "open")

_TITLES = (
    ("研究者の所属・兼業・資金の開示", "Disclosure of affiliations, outside work and funding"),
    ("共同研究の相手方の確認", "Due diligence on partners"),
    ("技術流出の防止(外為法・みなし輸出)", "Prevention of technology outflow (deemed exports)"),
    ("研究データの管理", "Management of research data"),
    ("情報システムの保護", "Protection of information systems"),
    ("研修と体制", "Training and organisation"),
)
_ITEMS = (
    (
        "研究代表者及び研究分担者は、国内外のすべての所属機関、役職及び兼業を機関に報告していますか。",
        "Have the principal investigator and co-investigators reported all affiliations, posts and outside "
        "work in Japan and abroad to the institution?",
    ),
    (
        "外国の人材登用プログラムへの参加の有無と、その契約上の義務を確認しましたか。",
        "Has participation in foreign talent recruitment programmes, and any contractual obligation from it, "
        "been ascertained?",
    ),
    (
        "相手方機関を外国ユーザーリストの最新版と照合しましたか。",
        "Have partner institutions been checked against the current Foreign End User List?",
    ),
    (
        "本課題で提供する技術が外国為替令別表に該当するか、輸出管理担当部署の判定を受けましたか。",
        "Has the export-control office judged whether technology to be provided in this project is listed in "
        "the Foreign Exchange Order?",
    ),
    (
        "居住者であって特定類型に該当する者の有無を、誓約書により確認しましたか。",
        "Has it been ascertained by written pledge whether any resident falls under the specified categories?",
    ),
    (
        "データマネジメントプランを作成し、保存先と公開・非公開の区分を定めましたか。",
        "Has a data management plan been made, with storage location and access category?",
    ),
    (
        "研究データを扱う情報機器に、多要素認証と記録媒体の暗号化を適用していますか。",
        "Are multi-factor authentication and disk encryption applied to the devices that hold research data?",
    ),
    (
        "参加者全員が、研究インテグリティに関する研修を過去三年以内に受講しましたか。",
        "Have all participants completed research-integrity training within the last three years?",
    ),
)


def text(ja: str, en: str | None = None) -> Text:
    return Text(ja=ja, en=en or ja)


def counts(**numbers: int) -> Counts:
    return Counts(**{state: numbers.get(state, 0) for state in STATES})


def added(parts: list[Counts]) -> Counts:
    return Counts(**{state: sum(getattr(part, state) for part in parts) for state in STATES})


def an_item(section: int, place: int, **changes: Any) -> ItemPart:
    """Return an item whose answer depends on its place only, so that every kind appears."""
    kind = (section * 3 + place) % 8
    ja, en = _ITEMS[kind]
    values: dict[str, Any] = {
        "id": f"item_{section}_{place}",
        "number": f"{section}-{place}",
        "text": text(ja, en),
        "state": "answered",
        "answer": text("はい", "Yes"),
        "rows": None,
        "counts": None,
        "commitment": "c" * 64,
    }
    if kind == 7:
        values |= {"state": None, "answer": None, "rows": 12, "counts": counts(answered=11, unsure=1)}
    elif kind in (1, 4):
        values["answer"] = None
    elif kind == 3 and place % 2:
        values |= {"state": "not_applicable", "answer": None}
    elif kind == 6 and place % 3 == 0:
        values |= {"state": "unsure", "answer": None}
    elif kind == 2 and place % 3 == 1:
        values |= {"state": "not_obtained", "answer": None}
    return ItemPart.model_validate(values | changes)


def a_section(index: int, items: int) -> SectionPart:
    ja, en = _TITLES[(index - 1) % len(_TITLES)]
    parts = tuple(an_item(index, place) for place in range(1, items + 1))
    states = [part.counts or counts(**{part.state or "open": 1}) for part in parts]
    return SectionPart(id=f"section_{index}", title=text(ja, en), counts=added(states), items=parts)


def a_record(*, sections: int = 4, items: int = 30, sample: bool = False, **changes: Any) -> Record:
    """Return a record with ``items`` items spread over ``sections`` sections."""
    each, rest = divmod(items, sections)
    parts = tuple(a_section(index, each + (index <= rest)) for index in range(1, sections + 1))
    values: dict[str, Any] = {
        "id": "0199b7c2-51d0-7c3e-9a64-2f8b0d6e41aa",
        "code": CODE,
        "sample": sample,
        "issuer": {
            "name": text("国立大学法人青嵐大学", "Seiran University"),
            "code": "seiran-u",
            "ror": "https://ror.org/05abcde12",
        },
        "funder": {
            "code": "jrfa",
            "name": text("科学振興配分機構", "Japan Research Funding Agency"),
            "ror": "https://ror.org/03xyz9k21",
            "programme": "kiban",
            "programme_name": text("基盤研究推進事業", "Basic Research Promotion Programme"),
            "call_name": text("第2回公募", "Second call"),
            "fiscal_year": 2026,
        },
        "grant": {
            "number": "JRFA-26K012345",
            "title": text(
                "量子センサを用いた地殻変動の高精度観測手法の開発と国際観測網への展開",
                "High-precision observation of crustal deformation with quantum sensors and its extension to "
                "an international network",
            ),
            "post_of_pi": text("理学研究科 教授", "Professor, Graduate School of Science"),
            "participants": 12,
        },
        "stage": "award",
        "stage_name": text("採択時", "On award"),
        "checklist": {
            "family": "research-security-integrity",
            "version": "2.1.0",
            "sha256": "4f1d2c9be07a5586d3f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6",
            "title": text(
                "研究セキュリティ・インテグリティ確認チェックリスト",
                "Research security and integrity checklist",
            ),
        },
        "sections": parts,
        "counts": added([part.counts for part in parts]),
        "lists": (
            {
                "name": text("外国ユーザーリスト(経済産業省)", "Foreign End User List (METI)"),
                "edition": "2026-09-30",
            },
            {"name": text("国・地域コード", "Country and area codes"), "edition": "2026-11"},
        ),
        "acts": (
            _act(
                "prepared",
                "filler",
                "記入者",
                "Filler",
                "研究推進課 主任",
                "Chief, Research Promotion",
                "20T01:12:09",
            ),
            _act(
                "reviewed",
                "export_reviewer",
                "輸出管理確認者",
                "Export-control reviewer",
                "安全保障輸出管理室長",
                "Head, Export Control Office",
                "22T06:40:31",
            ),
            _act(
                "attested",
                "attester",
                "責任者",
                "Attester",
                "理事・副学長(研究担当)",
                "Vice-President",
                "23T05:05:00",
            ),
        ),
        "statement": {
            "version": "1.2",
            "text": text(
                "本学は、上記の課題について、記載のチェックリストの各項目を本学の責任において確認し、その結果が"
                "記載のとおりであることを確認します。\n確認後に重要な変更があったときは、速やかに確認書を差し替えます。",
                "The University has checked, on its own responsibility, each item of the checklist named above for "
                "this grant, and confirms that the results are as stated.\nShould a material change occur, the "
                "University will promptly supersede this confirmation.",
            ),
        },
        "snapshot_sha256": "9a3b" * 16,
        "supersedes": None,
        "attested_at": "2026-11-23T05:05:00Z",
        "valid_until": "2027-11-22",
        "verify_url": f"https://kakunin.example.jp/verify/{CODE}",
        "ledger": "kakunin.example.jp/ledger",
        "template": template_part(),
        "salt": "5a" * 16,
    } | changes
    certified = Statement.model_validate(values["statement"]).sha256
    attested = {"statement_sha256": certified, "signed_in_at": "2026-11-23T05:02:40Z"}
    values["acts"] = tuple(
        act | attested if isinstance(act, dict) and act["act"] == "attested" else act for act in values["acts"]
    )
    return Record.model_validate(values)


def enclosed(record: Record) -> Enclosed:
    """Return what goes with a record, signed with a key that everybody can know."""
    proof = "c2sp.org/tlog-proof@v1\nindex 7\n\nkakunin.example.jp/ledger\n8\n" + "A" * 43 + "=\n"
    return Enclosed(statement=statement(record, KEY.sign, KID), proof=proof)


def an_institutions_record(**changes: Any) -> Record:
    """Return a record of an institution about itself: without a grant, for a fiscal year, asked by an agency."""
    funder = {
        "code": "mext",
        "name": text("文部科学省", "Ministry of Education, Culture, Sports, Science and Technology"),
        "ror": None,
        "fiscal_year": 2026,
    }
    stage = {"stage": "yearly", "stage_name": text("年次", "Yearly")}
    return a_record(**{"grant": None, "funder": funder, "sections": 2, "items": 12, **stage, **changes})


def signed_by_several(**changes: Any) -> Record:
    """Return a record that the principal investigator and an officer signed before the attester."""
    made = a_record(**changes)
    own = Statement(
        version="1.0.0",
        text=text(
            "私は、本課題の参加者から報告を受けた事項を、漏れなく申告しました。",
            "I have declared everything that the participants of this project reported to me.",
        ),
    )
    first = made.acts[-1].model_copy(
        update={
            "role": "principal_investigator",
            "role_name": text("研究代表者", "Principal investigator"),
            "post": text("理学研究科 教授", "Professor, Graduate School of Science"),
            "orcid": "https://orcid.org/0000-0002-1825-0097",
            "at": "2026-11-22T08:00:00Z",
            "signed_in_at": "2026-11-22T07:55:00Z",
            "statement_sha256": own.sha256,
        }
    )
    officer = {"act": "attested", "signed_in_at": "2026-11-23T01:00:00Z", "at": "2026-11-23T01:01:00Z"}
    second = made.acts[1].model_copy(update=officer | {"statement_sha256": made.statement.sha256})
    acts = (*made.acts[:-1], first, second, made.acts[-1])
    parts = {name: part for name, part in made if name in made.model_fields_set}
    return Record.model_validate(parts | {"acts": acts, "declarations": (own,)})


def signed_in_ink(made: Record | None = None) -> Record:
    """Return a record whose attester signed on paper, taken in by an officer on the day after."""
    made = made or a_record(sections=2, items=9)
    ink = {
        "signed_on": "2026-11-23",
        "scan_sha256": "7b2c" * 16,
        "role": "export_control_officer",
        "role_name": text("輸出管理担当", "Export control officer"),
        "post": text("安全保障輸出管理室長", "Head, Export Control Office"),
        "at": "2026-11-24T01:30:00Z",
        "method": "totp",
    }
    paper = made.acts[-1].model_dump() | {"method": "ink", "signed_in_at": None, "ink": ink}
    parts = {name: part for name, part in made if name in made.model_fields_set}
    return Record.model_validate(parts | {"acts": (*made.acts[:-1], paper)})


def signed_by_five() -> Record:
    """Return a record that five sign, the last in ink: posts as long as they get, rare and varied kanji in them."""
    made = signed_by_several(sections=2, items=9)
    posts = (
        text(
            "髙﨑邉𠮷記念国際先端量子計測・安全保障技術研究拠点 副拠点長(研究公正・研究データ管理担当)",
            "Deputy Director for Research Integrity and Research Data, Takasaki-Beyoshi Memorial International "
            "Centre for Advanced Quantum Measurement and Security Technology",
        ),
        text(
            "葛\U000e0100城・葛\U000e0102飾・渡邉\U000e010f地区共同利用機構 連携推進特別専門員",
            "Senior Specialist, Inter-University Research Institute of Katsuragi, Katsushika and Watanabe",
        ),
        text("室長", "Head"),
    )
    orcid = "https://orcid.org/0000-0002-1694-233X"
    before = [
        act.model_copy(update={"post": posts[place % 3], "orcid": orcid}) for place, act in enumerate(made.acts)
    ]
    more = [
        before[3].model_copy(update={"post": post, "role_name": text("図書館", "Library")}) for post in posts[:2]
    ]
    acts = (*before[:-1], *more, before[-1])
    parts = {name: part for name, part in made if name in made.model_fields_set}
    return signed_in_ink(Record.model_validate(parts | {"acts": acts, "personal_signatures": 4}))


def _act(act: str, role: str, role_ja: str, role_en: str, post_ja: str, post_en: str, at: str) -> dict[str, Any]:
    return {
        "act": act,
        "role": role,
        "role_name": text(role_ja, role_en),
        "post": text(post_ja, post_en),
        "orcid": None,
        "at": f"2026-11-{at}Z",
        "method": "password",
        "signed_in_at": None,
        "seen_sha256": "9a3b" * 16,
        "statement_sha256": None,
        "ink": None,
    }
