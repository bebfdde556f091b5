from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFontFile

from labels.fonts import label_font, read_font


@pytest.mark.parametrize("name", ["榃滨", "泗纶", "苪塘", "豆豉", "蒸笼", "净含量", "㎡kg·×"])
def test_the_font_has_the_names_of_the_county(name: str) -> None:
    assert label_font().first_missing(name) is None


@pytest.mark.parametrize("character", ["𰻝", "🌾", "\n", "\u200b", "\ue000"])
def test_what_the_font_lacks_or_can_not_show_is_found(character: str) -> None:
    assert label_font().first_missing(f"米{character}粉") == character


def test_widths_are_those_that_the_pdf_will_use() -> None:
    font = label_font()
    other = TTFontFile(str(font.path), subfontIndex=font.index)
    assert set(font.advances_em) == set(other.charToGlyph)
    for codepoint, advance in font.advances_em.items():
        assert other.charWidths[codepoint] == pytest.approx(1000 * advance)


def test_a_chinese_character_is_one_em_wide() -> None:
    assert label_font().width_mm("榃滨", 72 / 25.4) == pytest.approx(2.0)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(b"OTTO" + bytes(64))
    with pytest.raises(ValueError, match="TrueType"):
        read_font(path)
