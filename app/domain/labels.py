"""What codes are called in both languages, where page and record must say the same."""

from collections.abc import Mapping

from app.domain.checklist import Stage
from app.domain.people import Role
from app.domain.texts import Text

STAGES: Mapping[Stage, Text] = {
    Stage.APPLICATION: Text(ja="応募", en="Application"),
    Stage.AWARD: Text(ja="採択・契約", en="Award"),
    Stage.YEARLY: Text(ja="年次", en="Yearly"),
    Stage.CHANGE: Text(ja="変更", en="Change"),
    Stage.COMPLETION: Text(ja="完了", en="Completion"),
}

ROLES: Mapping[Role, Text] = {
    Role.RESEARCHER: Text(ja="研究者", en="Researcher"),
    Role.RESEARCH_OFFICE: Text(ja="研究推進担当", en="Research office"),
    Role.INTEGRITY_OFFICER: Text(ja="研究インテグリティ担当", en="Research integrity officer"),
    Role.EXPORT_CONTROL_OFFICER: Text(ja="輸出管理担当", en="Export control officer"),
    Role.LIBRARY: Text(ja="図書館", en="Library"),
    Role.IP_OFFICE: Text(ja="知的財産担当", en="Intellectual property office"),
    Role.IT_OFFICE: Text(ja="情報基盤担当", en="IT office"),
    Role.HR_OFFICE: Text(ja="人事担当", en="Human resources office"),
    Role.INTERNATIONAL_OFFICE: Text(ja="国際担当", en="International office"),
    Role.ATTESTER: Text(ja="責任者", en="Attester"),
    Role.AGENCY_OFFICER: Text(ja="配分機関担当", en="Agency officer"),
    Role.CHECKLIST_PUBLISHER: Text(ja="チェックリスト公開担当", en="Checklist publisher"),
}

PRINCIPAL_INVESTIGATOR = Text(ja="研究代表者", en="Principal investigator")
CO_INVESTIGATOR = Text(ja="研究分担者", en="Co-investigator")
PARTICIPANT = Text(ja="研究参加者", en="Participant")

PARTS: Mapping[str, Text] = {
    "principal_investigator": PRINCIPAL_INVESTIGATOR,
    "co_investigator": CO_INVESTIGATOR,
    "participant": PARTICIPANT,
}

if set(STAGES) != set(Stage) or set(ROLES) != set(Role):
    raise RuntimeError("every stage and every role needs a name")


def respondent(code: str) -> Text:
    """Return what a checklist's respondent is called: an office's role, or a part in the grant."""
    return PARTS[code] if code in PARTS else ROLES[Role(code)]
