"""Why a sealed PDF is not accepted, and what limits one that is: the stable codes of the examination."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a PDF is not accepted. ``CONTENT``, ``ISSUER`` and ``TIME`` tell which verdict each belongs to."""

    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    NO_SIGNATURE = "no_signature"
    SEVERAL_SIGNATURES = "several_signatures"
    WRONG_FIELD = "wrong_field"
    WRONG_FORMAT = "wrong_format"
    NOT_CERTIFIED = "not_certified"
    NOT_WHOLE_FILE = "not_whole_file"
    CHANGED_AFTERWARDS = "changed_afterwards"
    DIGEST_MISMATCH = "digest_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    RECORD_MISSING = "record_missing"
    SEVERAL_RECORDS = "several_records"
    PERSON_LOCKS = "person_locks"
    PERSON_BROKEN = "person_broken"
    ANNEX = "annex"
    UNTRUSTED = "untrusted"
    SEAL_EXPIRED = "seal_expired"
    SEAL_REVOKED = "seal_revoked"
    TIME_MISSING = "time_missing"
    TIME_INVALID = "time_invalid"
    TIME_UNTRUSTED = "time_untrusted"
    TIME_EXPIRED = "time_expired"
    TIME_REVOKED = "time_revoked"


ISSUER = frozenset({Reason.UNTRUSTED, Reason.SEAL_EXPIRED, Reason.SEAL_REVOKED})
TIME = frozenset(one for one in Reason if one.value.startswith("time_"))
CONTENT = frozenset(Reason) - ISSUER - TIME


class Note(StrEnum):
    """What limits a good report without speaking against the file."""

    # nobody said after sealing that seal and time-stamp were not revoked: archiving adds it
    REVOCATION_UNKNOWN = "revocation_unknown"
    # the seal was revoked, but only after the time that is proven
    SEAL_REVOKED_AFTERWARDS = "seal_revoked_afterwards"
    # a time-stamp could not be relied upon: where another proves a time, it was not needed
    STAMP_NOT_USED = "stamp_not_used"


class Fault(StrEnum):
    """What is wrong with one signature or time-stamp by itself; ``BROKEN`` is what is wrong with its bytes."""

    UNREADABLE = "unreadable"
    DIGEST = "digest"
    SIGNATURE = "signature"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ORDER = "order"


BROKEN = frozenset({Fault.UNREADABLE, Fault.DIGEST, Fault.SIGNATURE})
