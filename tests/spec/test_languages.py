"""The list is said whole in every language: no text lacks a translation, no translation a placeholder, and no translation is idle."""

import re
from datetime import date
from math import nan
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from configs.project import Language
from features.feature import Feature, Selection
from features.languages import TRANSLATIONS, Texts, voice_of
from features.tables import touches
from features.words import days, fill, minutes
from tests.said import every_text, unknown_names

TRANSLATED = tuple(language for language in get_args(Language) if language != "en")
MORE_THAN_A_THOUSAND = 12_345.6
THIN, FIXED = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def wrong(texts: Texts) -> list[str]:
    """What lacks a translation or one of its forms, and where a placeholder was lost or made up."""
    found = []
    for text in every_text():
        forms = texts.get(text[0], ())
        if len(forms) != len(text) or not all(forms):
            found.append(f"{text} is said as {forms}")
        found += [f"{form!r} for {one!r}" for one, form in zip(text, forms, strict=False) if lost(one, form)]
    return found


def lost(text: str, form: str) -> bool:
    """A singular may leave its number to a word: 'dernières 24 heures' for 'the last day'."""
    return placeholders(text) != placeholders(form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_with_its_placeholders(language: Language) -> None:
    assert wrong(voice_of(language).texts) == []


def test_a_missing_translation_and_a_lost_placeholder_are_found() -> None:
    texts = dict(voice_of("fr").texts)
    texts["Stage: {value}"] = ("Étape",)
    del texts["once"]
    assert len(wrong(texts)) == 2


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(language: Language) -> None:
    assert voice_of(language).texts.keys() <= {text[0] for text in every_text()}


def test_every_expression_that_is_said_is_known_to_the_tests() -> None:
    assert unknown_names() == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_can_be_compiled_by_others(language: Language) -> None:
    with (TRANSLATIONS / f"{language}.po").open("rb") as lines:
        catalog = read_po(lines, abort_invalid=True)
    assert str(catalog.locale) == language
    assert catalog.num_plurals == 2
    assert [message.id for message in catalog if message.id and message.check(catalog)] == []


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["0 days", "1 day", "2 days", "0.4 days", "1.0 days"]),
        ("fr", ["0 jour", "1 jour", "2 jours", "0,4 jour", "1,0 jour"]),
        ("nl", ["0 dagen", "1 dag", "2 dagen", "0,4 dagen", "1,0 dagen"]),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: Language, forms: list[str]) -> None:
    voice = voice_of(language)
    assert [voice.count("{count} day", "{count} days", figures) for figures in ("0", "1", "2", "0.4", "1.0")] == forms


@pytest.mark.parametrize(
    ("language", "figures", "euros", "pounds", "cents", "bare"),
    [
        ("en", "12,345.6", "EUR 12,346", "GBP 12,346", "EUR 9.50", "12,346"),
        ("fr", f"12{THIN}345,6", f"12{THIN}346{FIXED}€", f"12{THIN}346{FIXED}£GB", f"9,50{FIXED}€", f"12{THIN}346"),
        ("nl", "12.345,6", f"€{FIXED}12.346", f"£{FIXED}12.346", f"€{FIXED}9,50", "12.346"),
    ],
)
def test_numbers_and_money_bear_the_marks_of_the_language(
    language: Language, figures: str, euros: str, pounds: str, cents: str, bare: str
) -> None:
    voice, amount = voice_of(language), MORE_THAN_A_THOUSAND
    assert voice.figures(f"{amount:,.1f}") == figures
    assert [voice.money(amount, code, 0) for code in ("EUR", "GBP", "")] == [euros, pounds, bare]
    assert voice.money(9.5, "EUR", 2) == cents
    assert "<b>Kč" in voice.money(9.5, "<b>Kč", 2)


@pytest.mark.parametrize(
    ("language", "full", "first"),
    [
        ("en", "Monday, 21 December 2026", "1 April"),
        ("fr", "lundi 21 décembre 2026", "1er avril"),
        ("nl", "maandag 21 december 2026", "1 april"),
    ],
)
def test_days_are_said_as_they_are_said_there(language: Language, full: str, first: str) -> None:
    voice = voice_of(language)
    assert voice.day(date(2026, 12, 21), "EEEE, d MMMM y") == full
    assert voice.day(date(2026, 4, 1), "d MMMM") == first


def test_a_text_that_nobody_translated_is_said_as_it_is() -> None:
    assert voice_of("nl").say("A vu {value} fois", value="3") == "A vu 3 fois"


@pytest.mark.parametrize(
    ("days_before", "said"),
    [
        (0.0, ("today", "aujourd'hui", "vandaag")),
        (0.001, ("yesterday", "hier", "gisteren")),
        (1.0, ("yesterday", "hier", "gisteren")),
        (1.001, ("2 days ago", "il y a 2 jours", "2 dagen geleden")),
        (1.9, ("2 days ago", "il y a 2 jours", "2 dagen geleden")),
        (1_234.0, ("1,234 days ago", f"il y a 1{THIN}234 jours", "1.234 dagen geleden")),
    ],
)
def test_days_ago_are_told_by_the_calendar_of_the_morning_after_as_of(
    days_before: float, said: tuple[str, str, str]
) -> None:
    """What happened at ten in the evening before the midnight of the list was yesterday for whoever reads it, not today."""
    template = "Our own last visit was {value} ago"
    for language, ago in zip(get_args(Language), said, strict=True):
        assert fill(template, days, days_before, None, {}, language) == f"Our own last visit was {ago}"


def test_a_length_in_days_is_no_day_of_the_calendar() -> None:
    told = [fill("Has waited for {value}", days, value, None, {}) for value in (0.0, 0.9, 1.9)]
    assert told == ["Has waited for less than a day", "Has waited for less than a day", "Has waited for 1 day"]


def test_a_length_in_minutes_is_told_in_hours_once_nobody_counts_them() -> None:
    lengths = (1.0, 83.0, 179.0, 180.0, 333.0, 26 * 60.0, 3 * 24 * 60.0)
    told = [fill("Waited {value}", minutes, length, None, {}).removeprefix("Waited ") for length in lengths]
    assert told == ["1 minute", "83 minutes", "179 minutes", "3 hours", "6 hours", "26 hours", "3 days"]


def test_no_day_on_which_something_happened_is_a_silence_and_no_day_ago_is_none() -> None:
    rows = Selection(touches)
    active = Feature(rows.active_days(), days, "Was active on {value}", "Was not active", (30,)).columns[0]
    seen = Feature(rows.days_since_last(), days, "Last came {value} ago", "Never came").columns[0]
    assert [active.sentence(value, {}) for value in (0.0, 1.0)] == ["Was not active", "Was active on 1 day"]
    assert [seen.sentence(value, {}) for value in (0.0, nan)] == ["Last came today", "Never came"]
