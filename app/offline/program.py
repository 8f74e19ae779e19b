"""The program: what it is called with, what it prints, and what it ends with. It never fetches."""

import argparse
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from app.domain.pages import Difference
from app.domain.verdicts import Aspect, Result
from app.offline import selftest, words
from app.offline.apart import judge_apart, warm
from app.offline.holding import Held, Known, Trust, statement_of
from app.offline.opening import ANCHORS, Place, UsageError, anchors, damaged, held, is_bundle, known, of_file
from app.offline.report import Exit, Line, Report, together

_ABOUT = """Verify attestations without the network.

Exit codes: 0 genuine, and in force as of the status list; 3 genuine, not in force; 4 not genuine;
5 it cannot be told; 2 called wrongly."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


@dataclass
class _Work:
    """What is to be judged, beside whom is trusted, and what was noticed while it was opened."""

    trust: Trust
    known: Known
    # read one by one: a year of an agency does not fit into memory
    held: Iterable[Held] = ()
    damaged: list[str] = field(default_factory=list)
    # the fingerprint of anchors that came along and that nobody confirmed
    unconfirmed: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the arguments name, print what was found, and return the exit code."""
    # what a stranger's file makes a library say is not for our reader
    logging.disable(logging.CRITICAL)
    try:
        given = _parser().parse_args(arguments)
        if given.self_test:
            return selftest.run(sys.stdout.write)
        if given.fingerprint:
            sys.stdout.write(f"{_anchors(given).fingerprint}\n")
            return Exit.IN_FORCE
        at = _moment(given.at)
        works = list(_works(given))
        warm()
        reports = [judge_apart(one, work.trust, work.known, at) for work in works for one in work.held]
    except UsageError as wrong:
        sys.stderr.write(f"kakunin-verify: {wrong}\n")
        return Exit.USAGE
    ending = Exit.NOT_GENUINE if any(work.damaged for work in works) else together(reports)
    sys.stdout.write(
        _as_json(works, reports, ending, at) if given.json else _as_text(works, reports, ending, given)
    )
    return ending


def _parser() -> _Parser:
    parser = _Parser(
        prog="kakunin-verify", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="PDF, record, statement, folder or bundle"
    )
    parser.add_argument("--qr", metavar="TEXT", action="append", default=[], help="what a QR code says")
    parser.add_argument(
        "--anchors",
        metavar="FOLDER",
        type=Path,
        help="seals, time-stamps, persons/*.pem; *.vkey: trusted",
    )
    parser.add_argument("--trust", metavar="FINGERPRINT", help="trust the anchors of a bundle if this is theirs")
    parser.add_argument("--list", metavar="FILE", type=Path, action="append", default=[], help="a status list")
    parser.add_argument("--checkpoint", metavar="FILE", type=Path, action="append", default=[], help="a checkpoint")
    parser.add_argument("--at", metavar="MOMENT", help="judge as of this moment (RFC 3339), not now")
    parser.add_argument("--json", action="store_true", help="print the report for machines")
    parser.add_argument("--language", choices=("ja", "en"), default="ja", help="of what is printed for people")
    parser.add_argument("--fingerprint", action="store_true", help="print the fingerprint of --anchors")
    parser.add_argument("--self-test", action="store_true", help="judge the test vectors inside")
    return parser


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise UsageError(f"{text} is no moment") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _anchors(given: argparse.Namespace) -> Trust:
    if given.anchors is None:
        return Trust()
    if not given.anchors.is_dir():
        raise UsageError(f"{given.anchors} is no folder")
    return anchors(Place.at(given.anchors), "")


def _works(given: argparse.Namespace) -> Iterator[_Work]:
    """Yield what is to be judged: each bundle with what it brings, all else together."""
    if not given.paths and not given.qr:
        raise UsageError("name a PDF, a folder or a bundle (--help tells more)")
    trust = _anchors(given)
    beside = Known(tuple(_text(path) for path in given.list), tuple((_text(path), ()) for path in given.checkpoint))
    plain = [Held("QR", statement=statement_of(text)) for text in given.qr]
    folders = []
    for path in given.paths:
        if not path.exists():
            raise UsageError(f"{path} is not there")
        place = Place.at(path) if path.is_dir() or path.suffix == ".zip" else None
        if place is None:
            plain.append(of_file(path))
        elif is_bundle(place):
            yield _of_bundle(place, given, trust, beside)
        else:
            folders.append(held(place))
    yield _Work(trust, beside, chain(plain, *folders))


def _of_bundle(place: Place, given: argparse.Namespace, trust: Trust, beside: Known) -> _Work:
    own, brought = anchors(place, ANCHORS), known(place)
    both = Known(beside.lists + brought.lists, beside.checkpoints + brought.checkpoints)
    confirmed = given.trust == own.fingerprint
    chosen = trust if given.anchors else own if confirmed else Trust()
    work = _Work(chosen, both, held(place, "attestations/"), damaged(place))
    if not given.anchors and not confirmed:
        work.unconfirmed = own.fingerprint
    return work


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read") from wrong


def _as_json(works: list[_Work], reports: list[Report], ending: Exit, at: datetime) -> str:
    found = {
        "format": "kakunin-offline-reports/1",
        "at": at.isoformat(),
        "exit": int(ending),
        "damaged": [name for work in works for name in work.damaged],
        "unconfirmed_anchors": [work.unconfirmed for work in works if work.unconfirmed],
        "reports": [report.as_data() for report in reports],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _as_text(works: list[_Work], reports: list[Report], ending: Exit, given: argparse.Namespace) -> str:
    language, out = given.language, []
    for work in works:
        out += [words.said(words.DAMAGED, language).format(name=name) for name in work.damaged]
        if work.unconfirmed:
            sentence = words.OTHER_ANCHORS if given.trust else words.ANCHORS
            out.append(words.said(sentence, language).format(fingerprint=work.unconfirmed))
    for report in reports:
        out += ["", str(report.facts.get("name", "")), *_of_report(report, language)]
    if not reports:
        out.append(words.said(words.NOTHING, language))
    out += ["", words.said(words.EXITS[ending], language)]
    return "\n".join(out).lstrip("\n") + "\n"


def _of_report(report: Report, language: str) -> Iterator[str]:
    for name, label in words.FACTS.items():
        value = report.facts.get(name)
        if value is not None:
            text = value.get(language) if isinstance(value, dict) else value
            yield f"  {words.said(label, language)}: {text}"
    for aspect in Aspect:
        outcome = words.said(words.OUTCOMES[report.outcome(aspect)], language)
        as_of = report.facts.get("as_of") if aspect is Aspect.STATUS else None
        when = f" ({words.said(words.AS_OF, language).format(moment=as_of)})" if as_of else ""
        yield f"  {words.said(words.ASPECTS[aspect], language)}: {outcome}{when}"
        for line in report.lines:
            if line.aspect is aspect:
                yield _of_line(line, language)
                yield from _of_difference(line.difference, language)
    yield from (_of_person(one, language) for one in report.facts.get("persons", ()))
    yield f"  = {words.said(words.EXITS[report.exit], language)}"


def _of_person(person: Mapping[str, Any], language: str) -> str:
    """Return the line of one who signed beside the seal, as the file says it."""
    fault = words.PERSON_FAULTS.get(person["fault"], words.REASONS["person_broken"])
    why = fault if person["fault"] else words.PERSON_BY
    moment = person["proven_at"] or person["claimed_at"]
    told = [each for each in (person["name"], person["organization"], moment) if each]
    vouched = words.said(why, language).format(authority=person["authority"])
    return f"  {words.said(words.PERSON, language)}: {', '.join(told)} — {vouched}"


def _of_difference(difference: Difference | None, language: str) -> Iterator[str]:
    if difference is not None:
        place = words.said(words.PLACES[difference.place], language)
        yield "        " + words.said(words.DIFFERENCE, language).format(place=place, **asdict(difference))


def _of_line(line: Line, language: str) -> str:
    mark = {Result.PASSED: "+", Result.WARNING: "!", Result.NOT_CHECKED: "?", Result.FAILED: "x"}[line.result]
    reason = words.REASONS.get(line.reason)
    why = (
        f" — {words.said(reason, language)} [{line.reason}]"
        if reason
        else f" [{line.reason}]"
        if line.reason
        else ""
    )
    return f"    {mark} {words.said(words.CHECKS[line.check], language)}{why}"
