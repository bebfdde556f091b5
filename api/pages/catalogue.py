"""The words of the pages in both languages: Chinese as written, English from gettext catalogues.

The Chinese sentence is the key, and stands in one `web/locale/en/LC_MESSAGES/*.po`, a file for each
part of the site. They are compiled when first read, so that no generated file is kept.
"""

from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from babel.messages.catalog import Catalog
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
    together = Catalog(locale=language)
    for part in parts(language):
        for message in part:
            if message.id:
                together[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, together)
    compiled.seek(0)
    return GNUTranslations(compiled)


def parts(language: Language) -> Iterator[Catalog]:
    """Give the catalogues of a language, one for each part of the site."""
    for file in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as source:
            yield read_po(source, locale=language)


def marked(text: str) -> str:
    """Give the text itself: marks for the catalogue what is translated later."""
    return text
