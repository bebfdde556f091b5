"""The words of the pages in both languages: Chinese as written, English from one gettext catalogue.

The Chinese sentence is the key. `web/locale/en/LC_MESSAGES/pages.po` is compiled when first read,
so that no generated file is kept.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
"""The BCP 47 tag of each language, for `lang` and `hreflang`."""

LOCALE: Final = Path(__file__).parents[1] / "web" / "locale"


@cache
def translations(language: Language) -> NullTranslations:
    """Give the catalogue of a language; Chinese says what is written."""
    if language == "zh":
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALE / language / "LC_MESSAGES" / "pages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def marked(text: str) -> str:
    """Give the text itself: marks for the catalogue what is translated later."""
    return text
