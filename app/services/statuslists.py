"""The status list of the service: one query, made anew when the ledger has grown or a day has ended in Japan."""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, worth
from app.domain.ledger import name_of
from app.domain.statuslist import written
from app.domain.texts import in_japan
from app.models import Attestation, LedgerHead, LedgerLink
from app.services import ledger
from app.services.records import Premises

# every change enters the ledger, so that its size tells of each; a fresh signature says that it still holds
_FRESH = timedelta(minutes=1)


@dataclass
class StatusLists:
    """The list made last, for a web process to give out again while nothing has changed."""

    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _made_for: tuple[int, date] | None = None
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    _signed_at: datetime | None = None
    _text: str = ""

    def text(self, session: Session, premises: Premises, at: datetime) -> str:
        """Return the signed list as of now, at most a minute old."""
        size = session.scalars(select(LedgerHead.size)).one()
        now = (size, in_japan(at).date())
        with self._lock:
            same = self._made_for == now
            if same and self._signed_at and timedelta() <= at - self._signed_at < _FRESH:
                return self._text
            if not same:
                self._names = names(session, at)
            key = ledger.key_of(premises)
            self._text = written(key.name, at, size, self._names, key.sign, key.verifier.id.hex())
            self._made_for, self._signed_at = now, at
            return self._text


def names(session: Session, at: datetime) -> dict[str, str]:
    """Return the salted name of every attestation that was issued, and what it is worth at a moment."""
    salt = func.min(LedgerLink.salt)
    query = (
        select(Attestation.id, Attestation.status, Attestation.valid_until, salt)
        .join(
            LedgerLink,
            (LedgerLink.organization_id == Attestation.organization_id)
            & (LedgerLink.attestation_id == Attestation.id),
        )
        .where(Attestation.status != AttestationStatus.ISSUING)
        .group_by(Attestation.organization_id, Attestation.id, Attestation.status, Attestation.valid_until)
    )
    today = in_japan(at).date()
    return {
        name_of(salted, str(one)): worth(AttestationStatus(status), last, today).value
        for one, status, last, salted in session.execute(query)
    }
