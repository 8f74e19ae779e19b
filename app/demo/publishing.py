"""Publishing the versions that lie in the checklists folder, by the demo's two publishers."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.catalog.versions import VersionFile
from app.domain.people import Actor
from app.services import publishing


def publish_all(session: Session, files: Iterable[VersionFile], first: Actor, second: Actor) -> int:
    """Propose and publish every version that is not published yet; return how many those were."""
    known = {one.sha256: one.status for one in publishing.standings(session)}
    new = [file for file in files if known.get(file.sha256, "proposed") == "proposed"]
    for file in new:
        publishing.propose(session, first, file)
        publishing.publish(session, second, file.sha256)
    return len(new)
