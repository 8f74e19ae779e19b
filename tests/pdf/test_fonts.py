"""Which characters the page can draw."""

import subprocess

import pytest
from PIL import Image

from app.domain.errors import InvalidError
from app.pdf import fonts
from app.pdf.fonts import named, require_printable, runs, spelled_out, unprintable
from tests.pdf.records import a_record, text
from tests.pdf.tools import squeezed


def test_names_as_people_write_them_are_printable():
    assert (
        unprintable("髙橋 﨑山 渡邉 𠮷田 𠮟 𡈽屋 葛\U000e0100城 辻󠄀　Émile Škoda Ángel Øster ①㈱ m² 25℃ ☑\n") == []
    )


def test_what_no_font_draws_is_named_once_in_order():
    assert unprintable("a✅b한국✅") == ["✅", "한", "국"]


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad"])
def test_characters_that_hide_or_reorder_text_are_not_printable(hidden):
    assert unprintable(f"abc{hidden}def") == [hidden]


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("葛\U000e0100 葛\U000e0101 葛\U000e0102 邉\U000e010f 辺\U000e0102", []),
        ("か\u309aセ\u309aト\u309a が か\u3099", []),
        ("葛\U000e01ef城", ["葛\U000e01ef"]),
        ("あ\U000e0100い", ["あ\U000e0100"]),
        ("☑\ufe0f", ["☑\ufe0f"]),
        ("漢\u20e3字", ["漢\u20e3"]),
        ("\u0301x", ["\u0301"]),
        ("𠮷\u0301\u0489", ["𠮷\u0301\u0489"]),
    ],
)
def test_variants_and_marks_need_a_font_that_has_them_with_their_base(typed, refused):
    assert unprintable(typed) == refused


def test_what_is_refused_is_named_by_character_and_code_point():
    assert named("✅") == "✅ (U+2705)"
    assert named("葛\U000e01ef") == "葛\U000e01ef (U+845B U+E01EF)"
    assert named("\u202e") == "U+202E"
    with pytest.raises(InvalidError) as refused:
        require_printable("fine", "a✅", "b✅\u200b")
    assert refused.value.values["characters"] == "✅ (U+2705), U+200B"


def test_a_variant_that_the_first_font_lacks_names_its_font():
    assert runs("葛\U000e0100城") == [(None, "葛\U000e0100城")]
    assert runs("葛\U000e0102城") == [("IPAmjMincho", "葛\U000e0102"), (None, "城")]


def picture(draw, name):
    """Return the first letters of the issuer's name as they are drawn on page 1."""
    found = draw(a_record(sections=1, items=1, issuer={"name": text(name, "University"), "code": "u", "ror": None}))
    assert squeezed(name) in found.text
    assert "〔" not in found.text
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-singlefile", "-png", found.path, found.path], check=True)
    with Image.open(f"{found.path}.png") as page:
        letters = page.convert("L").crop((150, 200, 700, 290))
    assert letters.getextrema()[0] < 100, "something is drawn there"
    return letters


def test_variants_of_names_are_drawn_as_they_are_written(draw):
    names = ("葛", "葛\U000e0100", "葛\U000e0102", "髙", "高", "𠮷", "吉", "崎", "﨑", "邉", "邊", "邉\U000e010f")
    pictures = [picture(draw, f"{name}学").tobytes() for name in names]
    assert len(set(pictures)) == len(pictures), "each is drawn in its own way"


def test_code_points_stand_for_what_cannot_be_drawn():
    assert spelled_out("plain") == "plain"
    assert spelled_out("確認✅") == "確認〔U+2705〕"


def test_without_the_text_font_the_package_is_named(monkeypatch):
    monkeypatch.setattr(fonts, "_file_of", lambda family: None)
    with pytest.raises(fonts.FontMissingError, match="fonts-morisawa-bizud-gothic"):
        fonts._coverage.__wrapped__()


def test_a_missing_fallback_font_only_narrows_what_is_printable(monkeypatch):
    real = fonts._file_of
    monkeypatch.setattr(fonts, "_file_of", lambda family: real(family) if family.startswith("BIZ") else None)
    covered = fonts._coverage.__wrapped__()
    assert set(covered) == {"BIZ UDPGothic", "BIZ UDGothic"}
    assert ord("髙") in covered["BIZ UDPGothic"].points
    assert ord("𠮷") not in covered["BIZ UDPGothic"].points


def test_without_fontconfig_the_package_is_named(monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    with pytest.raises(fonts.FontMissingError, match="fontconfig"):
        fonts._file_of("BIZ UDPGothic")
