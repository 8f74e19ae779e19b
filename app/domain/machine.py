"""A verdict for machines: plain JSON, and JSON-LD in the words of schema.org. Both say what the paper says."""

from dataclasses import asdict
from typing import Any

from app.domain.attestation import AttestationStatus, Record
from app.domain.texts import Text, utc_text
from app.domain.verdicts import ASPECT, Aspect, Verdict

TERMS = "urn:kakunin:terms#"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict: four answers, each check behind them, the status, and what is public of the record."""
    record = verdict.record
    return {
        "format": "kakunin-verdict/2",
        "asked": verdict.asked.value,
        "authentic": verdict.authentic,
        "verdicts": {aspect.value: found.value for aspect, found in verdict.outcomes.items()},
        "status": verdict.status.value if verdict.status else None,
        "status_since": utc_text(verdict.changed_at) if verdict.changed_at else None,
        "checks": [
            {
                "check": line.check.value,
                "verdict": ASPECT[line.check].value,
                "result": line.result.value,
                "reason": line.reason or None,
            }
            | ({"difference": asdict(line.difference)} if line.difference else {})
            for line in verdict.lines
        ],
        "attestation": _attestation(record, verdict.record_sha256) if record else None,
        "persons_signed": verdict.persons_signed,
        "persons": [one.as_data() for one in verdict.persons],
        "statement": verdict.claims.model_dump(mode="json") if verdict.claims else None,
        "file_sha256": verdict.file_sha256,
    }


def _attestation(record: Record, sha256: str | None) -> dict[str, Any]:
    return {
        "id": record.id,
        "code": record.code,
        "sample": record.sample,
        "institution": record.issuer.model_dump(mode="json"),
        "grant": record.grant.number if record.grant else None,
        "funder": record.funder.code,
        "programme": record.funder.programme,
        "fiscal_year": record.funder.fiscal_year,
        "stage": record.stage,
        "checklist": record.checklist.model_dump(mode="json", exclude={"title"}),
        "attested_at": record.attested_at,
        "valid_until": record.valid_until,
        "record_sha256": sha256,
    }


def as_json_ld(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as linked data: the attestation is a ``Certification``, the four answers our own terms.

    The institution is named by its ROR. Persons are not named: the record holds posts, so there is no ORCID.
    """
    own = {f"kakunin:{aspect.value}": verdict.outcome(aspect).value for aspect in Aspect}
    told = {
        "@context": ["https://schema.org", {"kakunin": TERMS}],
        "@type": "Certification",
        "kakunin:asked": verdict.asked.value,
        "kakunin:authentic": verdict.authentic,
        "kakunin:verdicts": own,
    }
    record = verdict.record
    if record is None:
        return told
    institution = {"@type": "CollegeOrUniversity", "name": _both(record.issuer.name)}
    if record.issuer.ror:
        institution["@id"] = record.issuer.ror
    active = "Active" if verdict.status is AttestationStatus.IN_FORCE else "Inactive"
    funder = {
        "@type": "GovernmentOrganization",
        "identifier": record.funder.code,
        "name": _both(record.funder.name),
    }
    about: dict[str, Any] = institution
    if record.grant:
        about = {"@type": "Grant", "identifier": record.grant.number, "funder": funder}
    return told | {
        "@id": record.verify_url,
        "identifier": [f"urn:uuid:{record.id}", f"urn:sha256:{verdict.record_sha256}"],
        "certificationIdentification": record.code,
        "name": _both(record.checklist.title),
        "version": record.checklist.version,
        "issuedBy": institution,
        "about": about,
        "auditDate": record.attested_at,
        "expires": record.valid_until,
        "certificationStatus": f"https://schema.org/Certification{active}",
        "kakunin:status": verdict.status.value if verdict.status else None,
        "kakunin:sample": record.sample,
    }


def _both(text: Text) -> list[dict[str, str]]:
    return [{"@language": "ja", "@value": text.ja}, {"@language": "en", "@value": text.en}]
