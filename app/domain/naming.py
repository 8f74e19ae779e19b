"""How parts of a checklist are named, and the frozen base of them all."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$", max_length=80)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]
Version = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$", max_length=40)
]
Family = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
ListName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
OptionValue = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Sha256Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A part of a version: it never changes, and a key that the language does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def number_of(version: str) -> tuple[int, int, int]:
    """Return a version number as three whole numbers, so that 1.10.0 comes after 1.9.0 (SemVer 2.0.0, §11)."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch
