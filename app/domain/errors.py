"""What can go wrong, by kind. A door maps each kind to its answer; the words live in the catalogue."""

from collections.abc import Mapping


class KakuninError(Exception):
    """A refusal with a stable reason code and the values its sentence needs."""

    def __init__(self, reason: str, **values: object):
        super().__init__(reason)
        self.reason = reason
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.reason} ({details})" if details else self.reason


class NotFoundError(KakuninError):
    """The thing does not exist for this person: missing and foreign are told alike."""


class NotAllowedError(KakuninError):
    """The person may not do this: the role is missing or a second person is needed."""


class WrongStateError(KakuninError):
    """The thing is not in a state in which this can be done."""


class StaleError(KakuninError):
    """Somebody else changed it first; ``values`` tells what stands now."""


class InvalidError(KakuninError):
    """What was given is incomplete or wrong; ``values['errors']`` may map places to reasons."""


class SealError(KakuninError):
    """The seal of the institution cannot be used now."""


class BusyError(KakuninError):
    """Too much is asked at this moment; the same can be asked again in a minute."""


class LedgerError(KakuninError):
    """The ledger signs nothing now: its key is not there, or signing would contradict what it has signed."""


class StoredFileError(KakuninError):
    """A file that was kept cannot be given out: it is not there, or no longer what it was."""
