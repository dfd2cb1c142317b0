"""Gives the page of a list, and what moves on it, the words of its language."""

from collections.abc import Callable, Mapping
from pathlib import Path

from markupsafe import Markup, escape

from features.languages import Voice, is_one
from pipelines.pages import templates


def page_words(voice: Voice) -> dict[str, Callable[..., Markup]]:
    """The functions by which the template speaks: say a text, count things, write a number; all of it is escaped but for markup put in."""

    def say(text: str, **named: str) -> Markup:
        return escape(voice.say(text)).format_map(named)

    def count(one: str, many: str, number: int) -> Markup:
        return escape(voice.count(one, many, f"{number:,}"))

    def number(number: int) -> Markup:
        return escape(voice.figures(f"{number:,}"))

    return {"say": say, "count": count, "number": number}


def script_of(folder: Path, voice: Voice) -> str:
    """The script of the page, list.js in a folder, with the texts and the plural rule of a language in it."""
    scripts = templates(folder).overlay(autoescape=False, keep_trailing_newline=True)
    bands: Mapping[str, str] = {band: voice.say(band) for band in ("call", "nurture", "skip", "keep")}
    return scripts.get_template("list.js").render(
        language=voice.language,
        say=voice.say,
        is_one="< 2" if is_one(voice.language, "0") else "=== 1",
        other=f'${{band === "call" ? "{voice.say("Nurture")}" : "{voice.say("Call")}"}}',
        bands={} if voice.language == "en" else bands,
    )
