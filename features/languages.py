"""Says sentences, numbers, days and money as they are said in English, French or Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path

from configs.project import Language

TRANSLATIONS = Path(__file__).parent / "translations"
FIRST_OF_MONTH: Mapping[Language, str] = {"fr": "1er"}  # CLDR writes the bare number, which nobody says

Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Voice:
    """A language of the list; texts: an English text (of a plural, its singular) to what is said for it, singular first.

    A text that is not among them is said as it is: it is English, or a project's own.
    """

    language: Language
    texts: Texts

    def say(self, text: str, **named: str) -> str:
        """The text in this language, each {name} in it replaced; a name that is not given stays."""
        said = self.texts[text][0] if text in self.texts else text
        return _filled(said, named) if named else said

    def count(self, one: str, many: str, figures: str, **named: str) -> str:
        """The form that goes with a number, given as English figures ('1,234.5') and said in place of {count}.

        Which form that is, is decided by what is read ('1' and '1.0' may differ), by the plural rules of Unicode CLDR.
        """
        forms = self.texts.get(one, (one, many))
        form = forms[0 if is_one(self.language, figures) else 1].replace("{count}", self.figures(figures))
        return _filled(form, named) if named else form

    def figures(self, english: str) -> str:
        """A number that Python has written in the English way, with the marks of this language."""
        return english.translate(self._marks) if self._marks else english

    def day(self, day: date, pattern: str) -> str:
        """A day by a pattern of Unicode CLDR, such as 'd MMMM y', of which the language may have its own form."""
        return _day_says(self.language, day, self.say(pattern))

    def money(self, amount: float, currency: str, decimals: int) -> str:
        """An amount with so many decimals; currency: ISO 4217, a code that nobody knows stands as it is, an empty one is left out."""
        figures = f"{amount:,.{decimals}f}"
        if self.language == "en" or not currency:
            return f"{currency} {self.figures(figures)}".strip()
        return _money_says(self.language, figures, currency, decimals)

    @cached_property
    def _marks(self) -> dict[int, str]:
        if self.language == "en":
            return {}
        from babel.numbers import get_decimal_symbol, get_group_symbol

        return str.maketrans({",": get_group_symbol(self.language), ".": get_decimal_symbol(self.language)})


def _filled(text: str, named: Mapping[str, str]) -> str:
    for name, said in named.items():
        text = text.replace(f"{{{name}}}", said)
    return text


@lru_cache(maxsize=10_000)
def is_one(language: Language, figures: str) -> bool:
    """Whether a number, in English figures, takes the singular: in French 0 and 1.5 do, in English and Dutch only 1."""
    from babel import Locale

    return bool(Locale.parse(language).plural_form(Decimal(figures.replace(",", ""))) == "one")


@lru_cache(maxsize=1_000)
def _day_says(language: Language, day: date, pattern: str) -> str:
    from babel.dates import format_date

    said = format_date(day, pattern, locale=language)
    first = FIRST_OF_MONTH.get(language)
    return said.replace("1 ", f"{first} ", 1) if first and day.day == 1 else said


def _money_says(language: Language, figures: str, currency: str, decimals: int) -> str:
    from babel.core import Locale
    from babel.numbers import format_currency

    pattern = Locale.parse(language).currency_formats["standard"].pattern.replace("0.00", f"{0:.{decimals}f}")
    return format_currency(Decimal(figures.replace(",", "")), currency, pattern, language, currency_digits=False)


@cache
def voice_of(language: Language) -> Voice:
    """The voice of a language; its translations are read once."""
    file = TRANSLATIONS / f"{language}.po"
    return Voice(language, _texts_of(file) if file.is_file() else {})


def _texts_of(file: Path) -> Texts:
    from babel.messages.pofile import read_po

    with file.open("rb") as lines:
        catalog = read_po(lines, abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: _forms(message.string)
        for message in catalog
        if message.id
    }


def _forms(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


ENGLISH = Voice("en", {})
