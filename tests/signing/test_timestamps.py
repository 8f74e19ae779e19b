"""Time-stamps: from the development authority, from a real one over HTTP, and from ones that fail."""

import asyncio
import hashlib
import subprocess
import threading
from datetime import timedelta

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.domain.errors import InvalidError, SealError
from app.signing.asking import OwnTimeStamper
from app.signing.authority import load_root
from app.signing.errors import TimeStampUnavailableError
from app.signing.timekeys import Pair, load_time_root, load_time_unit, make_time_authority
from app.signing.timestamps import TimeAuthority, read
from tests.signing import outside
from tests.signing.conftest import AT

CONTENT = b"kakunin.example.jp\n12\nabc\n"


@pytest.fixture(scope="module")
def times(keys):
    return TimeAuthority(keys)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = outside.Outside(tmp_path_factory.mktemp("outside") / "house")
    with house.open():
        yield house


def refused(times, content=CONTENT) -> str:
    with pytest.raises(TimeStampUnavailableError) as refusal:
        times.stamp(content, AT)
    assert refusal.value.reason == "time_stamp_unavailable"
    assert isinstance(refusal.value, SealError)
    return refusal.value.values["why"]


def test_the_development_authority_stamps_the_moment_it_is_told(times, keys):
    stamp = read(times.stamp(CONTENT, AT), CONTENT, (load_time_root(keys),))
    assert stamp.at == AT
    assert "not for production" in stamp.authority
    assert stamp.good_until == load_time_unit(keys).certificate.not_valid_after_utc


def test_openssl_agrees(times, keys, tmp_path):
    (tmp_path / "token").write_bytes(times.stamp(CONTENT, AT))
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "root.pem").write_bytes(load_time_root(keys).public_bytes(Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "content", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout, done.stderr


def test_it_has_a_root_of_its_own_and_a_unit_that_may_do_nothing_else(times, keys):
    times.stamp(CONTENT, AT)
    root, unit = load_time_root(keys), load_time_unit(keys).certificate
    unit.verify_directly_issued_by(root)
    assert root.subject != load_root(keys).subject
    purposes = unit.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purposes.critical
    assert list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    usage = unit.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign


def test_it_is_valid_since_the_authority_that_issues_seals(times, keys):
    times.stamp(CONTENT, AT + timedelta(days=100))
    assert load_time_root(keys).not_valid_before_utc == load_root(keys).not_valid_before_utc


def test_two_processes_that_make_it_at_once_leave_one_whole(tmp_path):
    threads = [threading.Thread(target=make_time_authority, args=(tmp_path,), kwargs={"at": AT}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.name for each in (tmp_path / "time-stamping").iterdir()) == ["root", "unit"]
    load_time_unit(tmp_path).certificate.verify_directly_issued_by(load_time_root(tmp_path))


def test_only_the_owner_may_read_its_keys(times, keys):
    times.stamp(CONTENT, AT)
    for path in (keys / "time-stamping").rglob("*.pem"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda token: b"", "stamp_unreadable"),
        (lambda token: token[:-1], "stamp_unreadable"),
        (lambda token: token + b"\0", "stamp_unreadable"),
        (lambda token: b"\x30\x03\x02\x01\x00", "stamp_unreadable"),
        (lambda token: token[:-40] + bytes(40), "stamp_signature"),
    ],
)
def test_a_token_that_was_tampered_with_proves_nothing(times, keys, change, reason):
    with pytest.raises(InvalidError) as refusal:
        read(change(times.stamp(CONTENT, AT)), CONTENT, (load_time_root(keys),))
    assert refusal.value.reason == reason


def test_no_changed_byte_moves_the_time(times, keys):
    token = times.stamp(CONTENT, AT)
    for place in range(0, len(token), 7):
        changed = bytearray(token)
        changed[place] ^= 1
        try:
            assert read(bytes(changed), CONTENT, (load_time_root(keys),)).at == AT
        except InvalidError:
            continue


def test_a_token_proves_one_content_and_only_to_those_who_believe_its_root(times, keys):
    token = times.stamp(CONTENT, AT)
    for content, roots, reason in (
        (b"other", (load_time_root(keys),), "stamp_digest"),
        (CONTENT, (), "stamp_untrusted"),
        (CONTENT, (load_root(keys),), "stamp_untrusted"),
    ):
        with pytest.raises(InvalidError) as refusal:
            read(token, content, roots)
        assert refusal.value.reason == reason


def test_a_stamp_outside_of_the_days_of_its_certificate_is_none(keys):
    late = TimeAuthority(keys).stamp(CONTENT, AT + timedelta(days=11 * 365))
    with pytest.raises(InvalidError) as refusal:
        read(late, CONTENT, (load_time_root(keys),))
    assert refusal.value.reason == "stamp_expired"


def test_a_seal_stamps_no_time(sealed, keys):
    """A certificate that is not for time-stamping alone vouches for no time, whoever issued it."""
    stamper = OwnTimeStamper(Pair(sealed.seal.key, sealed.seal.certificate), AT)
    request = stamper.request_cms(hashlib.sha256(CONTENT).digest(), "sha256")[1]
    answer = asyncio.run(stamper.async_request_tsa_response(request))
    with pytest.raises(InvalidError) as refusal:
        read(answer["time_stamp_token"].dump(), CONTENT, (sealed.root,))
    assert refusal.value.reason == "stamp_untrusted"


def test_a_real_authority_is_asked_over_http(house, keys):
    before = outside.now()
    times = TimeAuthority(keys, house.url, (house.certificate("root"),))
    stamp = read(times.stamp(CONTENT, AT), CONTENT, (house.certificate("root"),))
    assert before - timedelta(seconds=2) <= stamp.at <= outside.now() + timedelta(seconds=2)
    assert "Outside TSA" in stamp.authority


def test_an_authority_that_nobody_believes_is_not_used(house, keys):
    assert refused(TimeAuthority(keys, house.url, (load_root(keys),))) == "untrusted"


def test_an_authority_that_is_away_is_told(keys):
    with outside.served(outside.slow) as address:
        pass
    assert refused(TimeAuthority(keys, address)) == "ClientConnectorError"


def test_an_authority_that_does_not_answer_in_time_is_told(keys):
    with outside.served(outside.slow) as address:
        assert refused(TimeAuthority(keys, address, seconds=0.1)) == "TimeoutError"


# TimeStampResp with the status "rejection" and no token
REJECTION = bytes.fromhex("30053003020102")


@pytest.mark.parametrize(
    "answer",
    [
        outside.saying(b""),
        outside.saying(b"not DER at all"),
        outside.saying(b"<html>sign in</html>", "text/html"),
        outside.saying(b"", status=500),
        outside.saying(b"", status=401),
        outside.saying(REJECTION),
    ],
    ids=["nothing", "noise", "a page", "broken", "not allowed", "refused"],
)
def test_an_answer_that_is_no_time_stamp_is_told(keys, answer):
    with outside.served(answer) as address:
        assert refused(TimeAuthority(keys, address))


def changed(house, change):
    """Return a server that changes what the real authority answers."""

    def answer(environ, start):
        sent = []
        body = b"".join(house(environ, lambda status, headers: sent.append((status, headers))))
        response = tsp.TimeStampResp.load(body)
        changed = change(response)
        start("200 OK", [("Content-Type", "application/timestamp-reply"), ("Content-Length", str(len(changed)))])
        return [changed]

    return answer


def test_the_answer_to_another_question_is_refused(house, keys):
    """A token with another nonce or over another digest proves nothing of ours."""
    kept: list[bytes] = []

    def replay(response):
        kept.append(response.dump())
        return kept[0]

    def other_digest(response):
        token = response["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        info["message_imprint"]["hashed_message"] = bytes(32)
        token["content"]["encap_content_info"]["content"] = cms.ParsableOctetString(info.dump(force=True))
        return response.dump(force=True)

    path = house.url.removeprefix("http://").split("/", 1)[1]
    for change in (replay, other_digest):
        with outside.served(changed(house, change)) as address:
            times = TimeAuthority(keys, f"{address}/{path}", (house.certificate("root"),))
            if change is replay:
                times.stamp(CONTENT, AT)
            assert refused(times)


def test_the_address_with_its_password_is_never_told(keys):
    times = TimeAuthority(keys, "http://user:secret@127.0.0.1:1/")
    with pytest.raises(TimeStampUnavailableError) as refusal:
        times.stamp(CONTENT, AT)
    assert "secret" not in str(refusal.value)
