"""Which characters the page can draw."""

import pytest

from app.pdf import fonts
from app.pdf.fonts import spelled_out, unprintable


def test_names_as_people_write_them_are_printable():
    assert (
        unprintable("髙橋 﨑山 渡邉 𠮷田 𠮟 𡈽屋 葛\U000e0100城 辻󠄀　Émile Škoda Ángel Øster ①㈱ m² 25℃ ☑\n") == []
    )


def test_what_no_font_draws_is_named_once_in_order():
    assert unprintable("a✅b한국✅") == ["✅", "한", "국"]


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad"])
def test_characters_that_hide_or_reorder_text_are_not_printable(hidden):
    assert unprintable(f"abc{hidden}def") == [hidden]


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
    assert ord("髙") in covered
    assert ord("𠮷") not in covered


def test_without_fontconfig_the_package_is_named(monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    with pytest.raises(fonts.FontMissingError, match="fontconfig"):
        fonts._file_of("BIZ UDPGothic")
