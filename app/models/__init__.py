"""The nouns as tables: constraints and relationships, no rules."""

from app.models.accounts import Membership, SessionRecord, SignInFailure, User
from app.models.attestations import (
    AnnexFile,
    Attestation,
    AttestationEvent,
    AttestationFile,
    SealCertificate,
    Withdrawal,
)
from app.models.base import APPEND_ONLY, Base
from app.models.checklists import ChecklistVersion, ReferenceList, VersionProposal, VersionStatus
from app.models.events import Event
from app.models.evidence import Evidence, EvidenceFile
from app.models.funding import Call, Programme, ProgrammeOfficer, Requirement
from app.models.grants import Fact, Grant, ImportBatch, Participant
from app.models.ink import InkSheet
from app.models.ledger import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerEntry,
    LedgerHead,
    LedgerLink,
    LedgerNode,
    LedgerStamp,
)
from app.models.organizations import Organization
from app.models.reviews import Approval, Certification, ReturnMark, ReviewRound, Snapshot
from app.models.seals import SealRevocation
from app.models.submissions import Answer, AnswerRevision, Revision, RowInstance, Submission

__all__ = [
    "APPEND_ONLY",
    "AnnexFile",
    "Answer",
    "AnswerRevision",
    "Approval",
    "Attestation",
    "AttestationEvent",
    "AttestationFile",
    "Base",
    "Call",
    "Certification",
    "ChecklistVersion",
    "Event",
    "Evidence",
    "EvidenceFile",
    "Fact",
    "Grant",
    "ImportBatch",
    "InkSheet",
    "LedgerCheckpoint",
    "LedgerCosignature",
    "LedgerEntry",
    "LedgerHead",
    "LedgerLink",
    "LedgerNode",
    "LedgerStamp",
    "Membership",
    "Organization",
    "Participant",
    "Programme",
    "ProgrammeOfficer",
    "ReferenceList",
    "Requirement",
    "ReturnMark",
    "ReviewRound",
    "Revision",
    "RowInstance",
    "SealCertificate",
    "SealRevocation",
    "SessionRecord",
    "SignInFailure",
    "Snapshot",
    "Submission",
    "User",
    "VersionProposal",
    "VersionStatus",
    "Withdrawal",
]
