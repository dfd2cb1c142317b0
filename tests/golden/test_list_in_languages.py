"""One made-up list in three languages comes out as it was last agreed: none, one and many; today, yesterday and never."""

from dataclasses import replace
from datetime import date
from math import nan
from pathlib import Path
from typing import get_args

import pytest

from configs.load import CONFIGS, load_project
from configs.project import Language, Project
from features.feature import FeatureColumn
from features.languages import voice_of
from features.registry import project_columns
from models.helped import Helped
from models.reasons import Reason
from models.tell_moves import CAUSES, Move, MovedPart
from pipelines.lists.day import DayList, Line
from pipelines.lists.helps import helps_say
from pipelines.lists.moves import move_says
from pipelines.lists.page import write_list
from pipelines.lists.sends import sends_say
from pipelines.lists.words import chance_says, expected_says, range_says
from tests.agreed import agreed

DAY, YESTERDAY, LAST_WEEK, UNTIL = date(2026, 4, 9), date(2026, 4, 8), date(2026, 4, 1), date(2026, 5, 1)
LANGUAGES = get_args(Language)
HELPED = {1: ("a meeting", 0.42, 0.25), 2: ("an answer to what they asked", 0.0123, 0.0101)}
NEVER, NONE, SOME, MORE, ONE, TWO, MANY = nan, 0.0, 0.4, 1.2, 1.0, 2.0, 1_234.0
COUNTED = (NEVER, NONE, ONE, TWO, MANY)
VALUES = {
    "days": (NEVER, NONE, SOME, ONE, MORE, TWO, MANY),
    **dict.fromkeys(("hours", "number"), (NEVER, NONE, SOME, *COUNTED)),
    **dict.fromkeys(("share", "rate"), (NEVER, NONE, 0.004, SOME, ONE)),
    **dict.fromkeys(("pace", "multiple"), (NEVER, NONE, SOME, ONE, TWO)),
    **dict.fromkeys(("flag", "stage"), (NEVER, NONE, ONE)),
    "verdict": (NEVER, NONE, ONE, -ONE),
    "score": (NEVER, NONE, ONE, 60.0),
}
# name, chance, amount, points moved; what is for and against: column and value
LINES = """
Anne Martin|0.384|24000|12.3
pricing_visits_7d 1, last_meeting 0.4, mail_replies_30d 3|careers_visits_30d 2, account_wins_ever 0
Bram de Vries|0.01|0.5|-0.4
last_inbound 1.2, contacts_ever 1234, stay_against_usual 1.35|last_call nan, inbound_share_30d 0.004
Zoé Lefèvre|0.001|1234567|1.2
interest_pace 1, answer_time_30d 0.5, meeting_minutes_30d 1|bant_authority_verdict -1, bant_budget_known nan
Nobody Yet|0.999|nan|0
interest_pace 2.5, source_win_rate 0.2, silence_against_habit 2.5|last_purchase nan, account_interest_30d 164
"""


def project_in(language: Language) -> Project:
    project = load_project(CONFIGS / "projects" / "demo.yaml")
    return project.model_copy(update={"list": project.list.model_copy(update={"language": language})})


def columns_in(language: Language) -> dict[str, FeatureColumn]:
    return {column.name: column for column in project_columns(project_in(language))}


def made_up_day(language: Language) -> DayList:
    """Three calls and a lead to nurture, and one customer, on a spring day."""
    columns, voice = columns_in(language), voice_of(language)
    rows = LINES.strip().splitlines()
    lines = [
        line(place, facts, told, columns, language)
        for place, (facts, told) in enumerate(zip(rows[::2], rows[1::2], strict=True), start=1)
    ]
    customer = replace(
        lines[0], band="keep", chance_says=chance_says(0.21, "churn", UNTIL, DAY, 1_000, voice), lead_id="C-1", moved=""
    )
    return DayList(
        project="demo",
        funnel="b2b",
        as_of=DAY,
        capacity=1,
        ranked_by=voice.say("Ranked by the chance to {verb}.", verb=voice.say("buy")),
        lines=lines,
        customers=[customer],
        expected=expected_says(3, 1.4, "win", UNTIL, DAY, {"EUR": 38_412.0, "USD": 52.4}, voice),
        stages=("new",),
        language=language,
    )


def line(place: int, facts: str, told: str, columns: dict[str, FeatureColumn], language: Language) -> Line:
    name, chance, amount, points = facts.split("|")
    voice, likely = voice_of(language), float(chance)
    pros, cons = (reasons(side, columns, sign) for side, sign in zip(told.split("|"), (1, -1), strict=True))
    since = YESTERDAY if place == 1 else LAST_WEEK
    parts = (
        MovedPart("touches", pros[0].feature, pros[0].says, 9.2),
        MovedPart("time", "", voice.say(CAUSES["time"]), -2.44),
    )
    action, after, without = HELPED.get(place, ("", 0.0, 0.0))
    helps = helps_say(Helped("", "new", 0.0, 1.0, after, without, 0.01, 60), action, "win", voice) if action else ""
    between = range_says(likely * 0.8, min(likely * 1.2, 1.0), 1_000 if place == 3 else 100, voice)
    return Line(
        rank=place,
        lead_id=f"L-{place}",
        name=name,
        company="",
        account_id="",
        owner_id="Eva",
        stage="new",
        band="call" if place <= 3 else "nurture",
        chance=likely,
        chance_says=f"{chance_says(likely, 'win', UNTIL, DAY, 1_000 if place == 3 else 100, voice)} {between}",
        chances={"win": likely},
        expected_value=float(amount),
        currency="EUR",
        fit=70,
        reasons_for=pros,
        reasons_against=cons,
        helps=helps,
        moved=move_says(Move(float(points), parts), since, DAY, voice),
        send="" if place <= 3 else sends_say("middle", {}, voice),
    )


def reasons(told: str, columns: dict[str, FeatureColumn], sign: int) -> tuple[Reason, ...]:
    parts = [one.split() for one in told.split(", ")]
    return tuple(
        Reason(columns[name].feature.name, columns[name].sentence(float(value), {}), sign * 10 / place)
        for place, (name, value) in enumerate(parts, start=1)
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["index.html", "call.csv"])
def test_one_list_in_three_languages(language: Language, name: str, tmp_path: Path) -> None:
    write_list(tmp_path, made_up_day(language))
    stem, kind = name.split(".")
    made = (tmp_path / name).read_bytes()
    assert made == agreed(f"languages/{stem}.{language}.{kind}", made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_none_one_and_many(language: Language) -> None:
    told = [
        f"{name}\n" + "\n".join(f"  {said}" for said in sentences(column))
        for name, column in columns_in(language).items()
    ]
    made = ("\n\n".join(told) + "\n").encode()
    assert made == agreed(f"languages/sentences.{language}.txt", made)


def sentences(column: FeatureColumn) -> list[str]:
    """What is said of a column for never, none, today, yesterday, one, two and many, as its unit has them; each sentence once."""
    values = VALUES.get(column.feature.unit.name, COUNTED)
    return list(dict.fromkeys(column.sentence(value, {0: "new", 1: "contacted", 2: "qualified"}) for value in values))
