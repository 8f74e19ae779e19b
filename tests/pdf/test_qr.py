"""The QR code on the first page proves by itself: it survives printing, scanning and the portals of agencies."""

import random
import subprocess

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from app.domain.attestation import sha256
from app.domain.paper import address, read
from tests.pdf.records import KEY, KID, a_record, enclosed, text


def pictured(pdf, dpi):
    """Return page 1 as a grey scan of so many dots per inch."""
    stem = pdf.with_suffix(f".{dpi}")
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-png", "-singlefile", "-f", "1", "-l", "1", pdf, stem], check=True
    )
    with Image.open(f"{stem}.png") as picture:
        return picture.convert("L")


def codes(picture):
    return [each.text for each in zxingcpp.read_barcodes(picture)]


def noisy(picture, seed):
    """Return what a worn scanner makes of a page: crooked, soft, grey paper, grains and specks."""
    chance = random.Random(seed)
    turned = picture.rotate(2.3, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    soft = turned.filter(ImageFilter.GaussianBlur(0.5))
    grains = Image.effect_noise(soft.size, 40).point(lambda grey: grey // 4)
    grey = ImageChops.subtract(soft.point(lambda level: 40 + level * 190 // 255), grains.point(lambda g: g // 2))
    for _ in range(300):
        grey.putpixel((chance.randrange(grey.width), chance.randrange(grey.height)), chance.choice((0, 255)))
    return grey


@pytest.fixture(scope="module")
def expected(drawn):
    return address(drawn.record, enclosed(drawn.record).statement)


@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_it_holds_the_address_and_the_statement(drawn, expected, dpi):
    (found,) = codes(pictured(drawn.path, dpi))
    assert found == expected
    start, _, jws = found.partition("#")
    assert start == drawn.record.verify_url
    said = read(jws, lambda kid: KEY.public_key() if kid == KID else None)
    assert said.record_sha256 == sha256(drawn.data)


@pytest.mark.parametrize("dpi", [100, 150])
def test_it_is_read_from_a_page_that_was_printed_to_a_picture_and_back(drawn, expected, tmp_path, dpi):
    copy = tmp_path / "copy.pdf"
    pictured(drawn.path, 150).save(copy, resolution=150, quality=60)
    assert codes(pictured(copy, dpi)) == [expected]


@pytest.mark.parametrize("seed", range(3))
def test_it_is_read_from_a_crooked_and_noisy_scan(drawn, expected, seed):
    assert codes(noisy(pictured(drawn.path, 150), seed)) == [expected]


def test_it_is_read_upside_down(drawn, expected):
    assert codes(pictured(drawn.path, 150).transpose(Image.Transpose.ROTATE_180)) == [expected]


def test_it_is_read_with_a_stamp_across_a_corner(drawn, expected):
    picture = pictured(drawn.path, 150)
    (found,) = zxingcpp.read_barcodes(picture)
    place = found.position
    middle = ((place.top_left.x + place.bottom_right.x) // 2, (place.top_left.y + place.bottom_right.y) // 2)
    side = (place.bottom_right.x - place.top_left.x) // 6
    picture.paste(0, (*middle, middle[0] + side, middle[1] + side))
    assert codes(picture) == [expected]


def test_names_of_any_length_still_fit(draw):
    long = text("国立研究開発法人" * 25, "National Institute " * 10 + "of Science")
    found = draw(a_record(sections=1, items=1, issuer={"name": long, "code": "x" * 40, "ror": None}))
    assert codes(pictured(found.path, 150)) == [address(found.record, enclosed(found.record).statement)]
