"""What happened to grants and institutions: each history walks the real services, one act after the other in time.

A history yields the moment at which it goes on; all of them are told together, the earliest first,
so that the log of an institution reads like one.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.demo import filling, world
from app.demo.filling import Turn
from app.demo.papers import paper
from app.demo.saying import Story
from app.demo.world import House, Offer
from app.domain.dependencies import Key
from app.domain.people import Actor
from app.domain.texts import in_japan
from app.domain.turns import Signing
from app.models import Attestation, Requirement
from app.services import attestations, certifying, grants, inking, reviews, revising, revisions, submissions
from app.services.inking import Sheet
from app.services.opened import Opened
from app.services.records import Premises

History = Iterator[datetime]
REACH = timedelta(days=64)
_LONG = frozenset({"superseded", "revising", "returned", "resubmitted"})
_APPROVED = frozenset({"awaiting", "attested", "inked", "superseded", "revising"})
_FILLED = _APPROVED | {"in_review", "returned", "resubmitted"}
# who answers, in the order in which they come to it; researchers go before them
_OFFICES = (
    "office",
    "integrity",
    "export",
    "integrity2",
    "library",
    "ip",
    "it",
    "hr",
    "international",
    "attester",
)
_REVIEWERS = ("integrity2", "integrity", "office2")


def tell(histories: Mapping[str, History]) -> None:
    """Let all histories happen, whoever's next moment is the earliest going on first."""
    waiting = [(next(history), name) for name, history in histories.items()]
    heapq.heapify(waiting)
    while waiting:
        _, name = heapq.heappop(waiting)
        try:
            heapq.heappush(waiting, (next(histories[name]), name))
        except StopIteration:
            continue


class Clock:
    """The time of one history: working days from nine to six in Japan, and never later than now."""

    def __init__(self, start: datetime, end: datetime, seed: str):
        self.now, self.end = start, end
        self._chance = Random(seed)  # noqa: S311 - the same demo each time

    def on(self, hours: float) -> datetime:
        """Move on by about so many hours of work, and return the moment."""
        self.now += timedelta(seconds=hours * self._chance.uniform(0.6, 1.4) * 3600)
        local = in_japan(self.now)
        if local.hour >= 18 or local.hour < 9:
            morning = local + timedelta(days=1 if local.hour >= 18 else 0)
            local = morning.replace(hour=9, minute=self._chance.randrange(5, 55))
        while local.weekday() > 4:
            local += timedelta(days=1)
        self.now = min(max(local, self.now), self.end)
        return self.now


@dataclass(frozen=True)
class Teller:
    """What every act of one submission's history needs."""

    session: Session
    premises: Premises
    house: House
    clock: Clock
    submission_id: UUID
    people: tuple[str, ...]
    story: Story

    def actor(self, name: str) -> Actor:
        """Return a member, signed in at the present moment of the history."""
        return self.house.actor(name, self.clock.now)

    def answering(self) -> list[Actor]:
        """Return those who answer; the office first, as it sees the whole grant."""
        return [self.actor(name) for name in self.people]

    def fill(self, sections: list[str] | None = None) -> History:
        """Answer what is open, one person after the other."""
        while True:
            turn = filling.next_turn(
                self.session, self.answering(), self.submission_id, self.story, sections=sections
            )
            if turn is None:
                return
            yield from self._take(turn)

    def correct(self, answers: Mapping[str, Any]) -> History:
        """Answer some items anew, then whatever that opened."""
        story = {**self.story, **answers}
        for turn in filling.anew(self.session, self.answering(), self.submission_id, story, set(answers)):
            yield from self._take(turn)
        yield from replace(self, story=story).fill()

    def _take(self, turn: Turn) -> History:
        yield self.clock.on(0.6)
        filling.take(self.session, turn, self.clock.now, self.premises.store)

    def send(self, note: str = "") -> History:
        """Send for review."""
        yield self.clock.on(2)
        office = self.actor("office")
        reviews.submit(self.session, office, self._opened(office), note)

    def send_home(self, reasons: list[dict[str, str]], note: str) -> History:
        """Return the named items that are in force, each in its first row."""
        yield self.clock.on(9)
        reviewer = self._reviewer()
        opened = self._opened(reviewer)
        first: dict[str, Key] = {}
        for key in opened.evaluation.in_force():
            first.setdefault(key[0], key)
        named = {first[one["item"]]: one["reason"] for one in reasons if one["item"] in first}
        reviews.return_(self.session, reviewer, opened, dict(list(named.items())[:2]), note)

    def approve(self) -> History:
        """Approve as somebody who has not answered."""
        yield self.clock.on(8)
        reviewer = self._reviewer()
        reviews.approve(self.session, reviewer, self._opened(reviewer))

    def certify(self) -> History:
        """Let whoever comes before the attester certify, one after the other, each as whose turn it is."""
        while self._signing().waiting:
            yield self.clock.on(6)
            signing = self._signing()
            able = (actor for name in self.people if not signing.refusal(actor := self.actor(name)))
            signatory = next(able)
            certifying.certify(self.session, signatory, self._opened(signatory))

    def attest(self) -> History:
        """Certify as the last, and issue."""
        yield self.clock.on(10)
        attester = self.actor("attester")
        self._issue(attestations.attest(self.session, attester, self._opened(attester), self.premises))

    def ink(self) -> History:
        """Take in a scan of the sheet that the attester signed on paper today, and issue."""
        yield self.clock.on(10)
        officer, attester = self.actor("export"), self.house.members["attester"]
        name, scan = paper(("application/pdf",), "sheet signed by hand", 1)
        sheet = Sheet(name, scan, attester.id, in_japan(self.clock.now).date())
        opened = self._opened(officer)
        self._issue(inking.take_in(self.session, officer, opened, sheet, self.premises, len(scan)))

    def _issue(self, made: Attestation) -> None:
        # the ledger signs only what is committed
        self.session.commit()
        issued_at = min(self.clock.now + timedelta(seconds=4), self.clock.end)
        attestations.issue(self.session, made, self.premises, issued_at)

    def revise(self) -> History:
        """Start the next revision."""
        yield self.clock.on(30)
        office = self.actor("office")
        revising.revise(self.session, office, self._opened(office))

    def _opened(self, actor: Actor) -> Opened:
        return revisions.find(self.session, actor, self.submission_id)

    def _signing(self) -> Signing:
        return reviews.situation(self.session, self._opened(self.actor("office"))).signing

    def _reviewer(self) -> Actor:
        reviewers = [self.actor(name) for name in _REVIEWERS]
        behind = reviews.situation(self.session, self._opened(reviewers[0])).contributors
        return next(one for one in reviewers if one.user_id not in behind)


def of_grant(
    session: Session, premises: Premises, house: House, each: Mapping[str, Any], offer: Offer, now: datetime
) -> History:
    """Register a grant and take its submissions where its story says."""
    institution = next(one for one in world.told()["institutions"] if one["code"] == house.organization.code)
    clock = Clock(now - REACH + timedelta(days=3), now, each["number"])
    yield clock.on(12)
    office = house.actor("office", clock.now)
    people = world.persons(house, institution, each)
    grant = grants.register(session, office, offer.call, world.particulars(each), people)
    researchers = tuple(
        name for name, one in house.members.items() if any(one.id == person.membership_id for person in people)
    )
    for name, outcome in each.get("story", {}).items():
        family, _, stage = name.rpartition(" ")
        days = {"application": 30 if "award" in each["story"] else 16}.get(stage, 10)
        clock.now = max(clock.now, now - timedelta(days=days + (9 if outcome in _LONG else 0)))
        yield clock.on(5)
        office = house.actor("office", clock.now)
        seen = grants.find(session, office, grant.id)
        required = offer.requirements[family or world.FAMILY, stage]
        submission = submissions.open_(session, office, seen, required.id)
        names = ("office", *researchers, *_OFFICES[1:])
        story = {**filling.plausible(), **each.get("answers", {})}
        teller = Teller(session, premises, house, clock, submission.id, names, story)
        told = world.told()
        begun = _half(revisions.find(session, office, submission.id)) if family else told["drafts"][stage]
        yield from _submission(teller, outcome, begun, told["returns"].get(stage, []))


def of_institution(
    session: Session, premises: Premises, house: House, requirement: Requirement, outcome: str, now: datetime
) -> History:
    """Take what an agency asks of the institution itself where its story says.

    While no published version fits, nothing happens: the requirement then says so on its page.
    """
    clock = Clock(now - timedelta(days=24), now, f"{house.organization.code} {requirement.family}")
    yield clock.on(5)
    office = house.actor("office", clock.now)
    lines = submissions.required_of_institution(session, office)
    version = next(one.choice.version for one in lines if one.requirement.id == requirement.id)
    if version is None:
        return
    submission = submissions.open_(session, office, None, requirement.id)
    teller = Teller(session, premises, house, clock, submission.id, _OFFICES, filling.plausible())
    yield from _submission(teller, outcome, _half(revisions.find(session, office, submission.id)), [])


def _half(opened: Opened) -> list[str]:
    """Return the first half of a checklist's sections: how far a draft has come."""
    sections = [section.id for section in opened.compiled.checklist.sections]
    return sections[: (len(sections) + 1) // 2]


def _submission(teller: Teller, outcome: str, begun: list[str], reasons: list[dict[str, str]]) -> History:
    """Take one submission to an outcome; a draft has the sections ``begun``, a return gives ``reasons``."""
    told = world.told()
    if outcome not in _FILLED:
        yield from teller.fill(begun)
        return
    sent_home = outcome in {"returned", "resubmitted"}
    first = replace(teller, story={**teller.story, **told["mistakes"]}) if sent_home else teller
    yield from first.fill()
    yield from first.send()
    if sent_home:
        yield from teller.send_home(reasons, told["note"])
    if outcome == "resubmitted":
        yield from teller.correct(told["corrections"])
        yield from teller.send()
    if outcome in _APPROVED:
        yield from teller.approve()
    if outcome == "inked":
        yield from teller.ink()
    elif outcome in _APPROVED - {"awaiting"}:
        yield from teller.certify()
        yield from teller.attest()
    if outcome in {"superseded", "revising"}:
        yield from teller.revise()
        yield from teller.correct(told["revision"])
    if outcome == "superseded":
        yield from teller.send()
        yield from teller.approve()
        yield from teller.certify()
        yield from teller.attest()
