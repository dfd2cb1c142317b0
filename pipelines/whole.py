"""Says everything that a chance is made of, from what the model expects of anybody to what it says of one lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from features.behaviours import numbered_behaviours
from features.feature import FeatureColumn
from features.languages import ENGLISH, Voice
from features.matrix import Matrix
from models.bundle import HeadModel
from models.moved import Cause, Floats, from_base
from models.parts import spoken, spoken_values
from models.plain import PlainWays, may_say
from models.predict import parts_of
from models.tell_moves import Move, MovedPart
from pipelines.lists.words import day_says
from pipelines.waterfall import LEAST_SHOWN, MOST_BARS, REST, Fall, fall_of

BASE = "What the model expects of anybody"
LEAD = "This lead"
BESIDE = "What counts only beside the rest"
AGREED = "Made to agree with the other chances, or corrected since"
CAUSE_NOUNS: Mapping[Cause, str] = {
    "model": "new model",
    "time": "time passing",
    "stage_moves": "stage move",
    "field_changes": "field edit",
    "touches": "new touch",
    "purchases": "purchase",
    "others": "other leads",
}


@dataclass(frozen=True)
class Sayings:
    """What reasons are said with: the project's columns, what people call the stages by their rank, and the voice of all the rest.

    plain: by column which way the past plainly points, against which nothing is told by itself (models.plain).
    """

    columns: Sequence[FeatureColumn]
    stages: Mapping[int, str]
    voice: Voice = ENGLISH
    plain: PlainWays = field(default_factory=dict)


@dataclass(frozen=True)
class _Spoken:
    """The parts of a model: their names, the columns that speak for them, these columns' values (rows, parts) and their behaviours."""

    names: Sequence[str]
    columns: Sequence[FeatureColumn]
    values: NDArray[np.float32]
    behaviours: NDArray[np.int64]

    def says(self, row: int, place: int, stages: Mapping[int, str]) -> str:
        """The sentence of a part; its name where nothing speaks for it."""
        column, name = self.columns[place], self.names[place]
        silent = column.feature.says == name
        return name.replace("_", " ") if silent else column.sentence(float(self.values[row, place]), stages)


def whole_reasons(
    words: Sayings, model: HeadModel, matrix: Matrix, given: Floats, served: Floats, least: float = LEAST_SHOWN
) -> list[Fall]:
    """For each row, the fall from the base to the served chance, a bar a behaviour, in hundredths of chance.

    given: contributions_of the model on the matrix (rows, parts + 1). served (rows,): the chances that were written down. Points spread
    the difference over the parts in proportion to their log odds. least: smaller bars are told as one. Behaviours of which no part may be
    told by itself (models.plain) are one bar together, so that the bars still add up.
    """
    log_odds = model.calibrator.log_odds
    base, worked_out = expit(log_odds(given[:, -1])), expit(log_odds(given.sum(axis=1)))
    parts = from_base(given, log_odds)
    points = 100 * parts * _slope(base, worked_out, parts.sum(axis=1))[:, None]
    names = parts_of(model)
    columns = spoken(names, words.columns)
    told = _Spoken(names, columns, spoken_values(columns, matrix), numbered_behaviours(columns)[1])
    say, falls = words.voice.say, []
    for row, chance in enumerate(served.tolist()):
        rest = 100 * (chance - float(worked_out[row]))
        bars = _bars(row, points[row], told, words) + ([(say(AGREED), rest)] if abs(rest) > 1e-9 else [])
        ends = 100 * float(base[row]), 100 * chance
        falls.append(fall_of("", say(BASE), ends[0], bars, say(LEAD), ends[1], least, say(REST)))
    return falls


def moved_fall(
    move: Move, since: date, day: date, chance: float, voice: Voice = ENGLISH, least: float = LEAST_SHOWN
) -> Fall:
    """The fall of a lead's chance (0 to 1, that of the later day) from an earlier day to a later one, a bar for each cause."""
    now = 100 * chance
    bars = [(_cause_says(part, voice), part.points) for part in move.parts]
    begins, ends = day_says(since, day, voice), day_says(day, day, voice)
    return fall_of("", begins, now - move.points, bars, ends, now, least, voice.say(REST))


def _cause_says(part: MovedPart, voice: Voice) -> str:
    says = part.says if part.feature == "" else f"{part.says} ({voice.say(CAUSE_NOUNS[part.cause])})"
    return says[:1].upper() + says[1:]


def _slope(base: Floats, worked_out: Floats, whole: Floats) -> Floats:
    """How much chance a unit of log odds is worth on the way from the base to the row."""
    near = np.abs(whole) < 1e-12
    slope: Floats = np.where(near, base * (1 - base), (worked_out - base) / np.where(near, 1.0, whole))
    return slope


def _bars(row: int, points: Floats, told: _Spoken, words: Sayings) -> list[tuple[str, float]]:
    """The heaviest behaviours of a row, each in the words of the part that pulls hardest in its direction and may say so."""
    weights = np.bincount(told.behaviours, points)
    heaviest = np.argsort(-np.abs(weights), kind="stable")[:MOST_BARS]
    bars, beside = [], 0.0
    for behaviour in heaviest.tolist():
        place = _loudest(row, points, np.flatnonzero(told.behaviours == behaviour), told, words.plain)
        if place is None:
            beside += float(weights[behaviour])
        else:
            bars.append((told.says(row, place, words.stages), float(weights[behaviour])))
    return [*bars, (words.voice.say(BESIDE), beside)] if beside else bars


def _loudest(row: int, points: Floats, members: NDArray[np.intp], told: _Spoken, plain: PlainWays) -> int | None:
    raises = points[members].sum() > 0
    names = [told.columns[place].name for place in members.tolist()]
    pulls = points[members] * (1 if raises else -1)
    may = (pulls > 0) & may_say(names, told.values[[row]][:, members], np.array([raises]), plain)[0]
    return int(members[np.where(may, pulls, 0.0).argmax()]) if may.any() else None
