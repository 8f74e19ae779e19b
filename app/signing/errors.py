"""What can go wrong with a seal. Each is told by a stable reason code, as all errors of the house."""

from app.domain.errors import SealError


class SealUnavailableError(SealError):
    """There is no seal that may be used now. ``reason`` is one of

    ``seal_code``, ``authority_missing``, ``seal_missing``, ``seal_unreadable``, ``seal_mismatch``;
    ``seal_not_yet_valid``, ``seal_expired``, ``seal_revoked``, ``seal_untrusted``, ``seal_development``,
    ``seal_known``;
    for key files ``seal_encrypted``, ``seal_passphrase``, ``seal_plain``, ``seal_exposed``; for tokens
    ``token_unsupported``, ``token_module``, ``token_away``, ``token_pin_missing``, ``token_pin``,
    ``token_pin_locked``, ``token_key``, ``token_failed``. The values hold names and moments, never a secret.
    """


class UnsealableError(SealError):
    """The PDF cannot take the seal (``pdf_unsealable``): no free field ``sig-seal``, or not readable."""


class TimeStampUnavailableError(SealError):
    """No time-stamp is to be had now (``time_stamp_unavailable``); ``values["why"]`` says what happened."""


class ArchiveUnavailableError(SealError):
    """A file cannot be archived now. ``reason`` is one of ``archive_unsound``, ``renewal_gains_nothing``,
    ``revocation_unavailable``, ``revoked``.
    """
