"""Purchased authorities: a seal and a time-stamp authority whose lists and OCSP answers are fetched, for real."""

from datetime import timedelta

import pytest
from cryptography import x509

from app.signing import fetching
from app.signing.anchors import Anchors, load_anchors
from app.signing.archive import extend
from app.signing.errors import ArchiveUnavailableError
from app.signing.fetching import fetch
from app.signing.keys import Seal
from app.signing.reasons import Note, Reason
from app.signing.revocation import Lists, known_of
from app.signing.seal import seal
from app.signing.timestamps import TimeAuthority
from app.signing.validate import validate
from tests.signing import outside
from tests.signing.conftest import AT

# at whole seconds the clock stands still where OCSP is asked: the responder of the tests would write fractions
# of one, which DER forbids (RFC 5280, 4.1.2.5.2)
LATER = AT + timedelta(days=1, hours=3)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = outside.Outside(tmp_path_factory.mktemp("outside") / "house")
    with house.open():
        yield house


@pytest.fixture(scope="module")
def anchors(house):
    return Anchors((house.certificate("root"),), (house.certificate("root"),))


@pytest.fixture
def bought(house, sealed, anchors, keys, time_machine):
    """A PDF sealed at AT with a purchased seal and a purchased time-stamp."""
    time_machine.move_to(AT)
    its_seal = Seal("bought", house.key("seal"), house.certificate("seal"), (house.certificate("issuing"),))
    times = TimeAuthority(keys, house.url, anchors.times)
    return seal(sealed.plain, its_seal, AT, timestamper=times.timestamper(AT)), times


def chain(house, name: str):
    return [house.certificate(each) for each in (name, "issuing", "root")]


def test_a_purchased_seal_with_purchased_time_is_good(bought, anchors):
    report = validate(bought[0], anchors, AT + timedelta(minutes=1))
    assert report.reasons == ()
    assert abs(report.proven_at - AT) < timedelta(minutes=1)
    assert "Outside TSA" in report.stamps[0].authority


def test_archiving_fetches_and_verifying_never_does(bought, house, anchors, time_machine):
    pdf, times = bought
    time_machine.move_to(LATER)
    before = house.asked
    archived = extend(pdf, anchors, LATER, times.timestamper(LATER), fetch)
    assert house.asked > before
    before = house.asked
    for at in (LATER, LATER.replace(year=2030), LATER.replace(year=2035)):
        report = validate(archived, anchors, at)
        assert report.reasons == ()
        assert report.notes == ()
    assert house.asked == before
    assert validate(archived, anchors, LATER.replace(year=2037)).reasons == (Reason.TIME_EXPIRED,)


def test_on_the_day_of_sealing_the_lists_say_nothing_yet(bought, house, anchors, time_machine):
    """The list of the day was issued before the seal; only OCSP speaks of now, and only of the seal itself."""
    pdf, times = bought
    time_machine.move_to(AT + timedelta(minutes=1))
    with pytest.raises(ArchiveUnavailableError) as refusal:
        extend(pdf, anchors, AT + timedelta(minutes=1), times.timestamper(AT), fetch)
    assert refusal.value.reason == "revocation_unavailable"


def test_lists_and_ocsp_are_fetched_for_every_certificate_but_the_root(house, time_machine):
    time_machine.move_to(LATER, tick=False)
    came = fetch(chain(house, "seal"))
    assert (len(came.crls), len(came.ocsps)) == (2, 1)
    for certificate, issuer in ((0, 1), (1, 2)):
        pair = chain(house, "seal")[certificate], chain(house, "seal")[issuer]
        known = known_of(*pair, came)
        assert known.known_at is not None
        assert known.revoked_at is None
    assert known_of(*chain(house, "seal")[:2], Lists(ocsps=came.ocsps)).known_at is not None
    # about another certificate the same data says nothing
    assert known_of(house.certificate("ocsp"), house.certificate("root"), came).known_at is None


def test_an_ocsp_answer_for_another_certificate_or_by_another_signer_says_nothing(house, time_machine, tmp_path):
    time_machine.move_to(LATER, tick=False)
    came = fetch(chain(house, "seal"))
    assert known_of(*chain(house, "tsa")[:2], Lists(ocsps=came.ocsps)).known_at is None
    broken = bytearray(came.ocsps[0])
    broken[len(broken) // 3] ^= 1
    assert known_of(*chain(house, "seal")[:2], Lists(ocsps=(bytes(broken),))).known_at is None


def test_what_cannot_be_had_is_left_out(house, monkeypatch, time_machine):
    time_machine.move_to(LATER)
    monkeypatch.setattr(fetching, "places", lambda _: ["http://127.0.0.1:1/list", "file:///etc/passwd"])
    came = fetch(chain(house, "seal"), seconds=1)
    assert came.crls == ()


@pytest.mark.parametrize("answer", [outside.saying(b"", status=404), outside.saying(b"x" * 100), outside.slow])
def test_an_answer_that_is_none_or_too_long_or_too_slow_is_left_out(house, monkeypatch, answer):
    with outside.served(answer) as address:
        monkeypatch.setattr(fetching, "LARGEST_ANSWER", 99)
        monkeypatch.setattr(fetching, "places", lambda _: [address])
        monkeypatch.setattr(fetching, "_responders", lambda _: [])
        assert fetch(chain(house, "seal"), seconds=0.2) == Lists()


def test_a_revoked_seal_is_told_once_its_list_is_there(tmp_path, sealed, keys, time_machine):
    house = outside.Outside(tmp_path / "house", revoked=True)
    with house.open():
        time_machine.move_to(outside.REVOKED + timedelta(days=3))
        anchors = Anchors((house.certificate("root"),), (house.certificate("root"),))
        its_seal = Seal("bought", house.key("seal"), house.certificate("seal"), (house.certificate("issuing"),))
        times = TimeAuthority(keys, house.url, anchors.times)
        now = outside.now()
        pdf = seal(sealed.plain, its_seal, now, timestamper=times.timestamper(now))
        time_machine.move_to(outside.REVOKED + timedelta(days=5), tick=False)
        with pytest.raises(ArchiveUnavailableError) as refusal:
            extend(pdf, anchors, outside.now(), times.timestamper(now), fetch)
        assert refusal.value.reason == "revoked"
        came = fetch(chain(house, "seal"))
        report = validate(pdf, anchors, outside.now(), in_hand=came)
        assert report.reasons == (Reason.SEAL_REVOKED,)
        assert report.revoked_at == outside.REVOKED
        assert known_of(*chain(house, "seal")[:2], came).reason is x509.ReasonFlags.key_compromise
        only_ocsp = validate(pdf, anchors, outside.now(), in_hand=Lists(ocsps=came.ocsps))
        assert only_ocsp.reasons == (Reason.SEAL_REVOKED,)
        # sealed before, by the word of a time-stamp, it stays what it was
        time_machine.move_to(outside.REVOKED - timedelta(days=3))
        early = seal(sealed.plain, its_seal, outside.now(), timestamper=times.timestamper(now))
        time_machine.move_to(outside.REVOKED + timedelta(days=5))
        report = validate(early, anchors, outside.now(), in_hand=came)
        assert report.reasons == ()
        assert Note.SEAL_REVOKED_AFTERWARDS in report.notes


def test_roots_are_read_from_a_folder_seals_and_times_apart(house, keys, tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding

    pem = house.certificate("root").public_bytes(Encoding.PEM)
    assert load_anchors(tmp_path / "none", None) == Anchors()
    assert load_anchors(None, tmp_path) == Anchors()
    (tmp_path / "time-stamps").mkdir()
    (tmp_path / "time-stamps" / "a.pem").write_bytes(pem)
    found = load_anchors(tmp_path, None)
    assert (found.seals, len(found.times)) == ((), 1)
    TimeAuthority(keys).stamp(b"", AT)
    assert len(load_anchors(tmp_path, keys).times) == 2
    (tmp_path / "time-stamps" / "b.pem").write_bytes(b"no certificate")
    with pytest.raises(ValueError, match="PEM"):
        load_anchors(tmp_path, None)
