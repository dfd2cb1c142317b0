"""Says why a chance is not what it was: the strongest causes in sentences and points of chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from features.behaviours import behaviour_of
from features.feature import FeatureColumn
from features.languages import ENGLISH, Voice
from features.matrix import Matrix
from models.moved import Cause, Movement, Step

Floats = NDArray[np.float64]

MOST_TOLD = 5
LEAST_SHARE = 0.02  # a behaviour that moves less than this share of all that moved is told with the rest of its cause
CAUSES: Mapping[Cause, str] = {
    "model": "a new model looks at it",
    "base": "the new model expects another share of all leads",
    "time": "time passing",
    "stage_moves": "a change of stage",
    "field_changes": "edited fields",
    "touches": "new touches",
    "purchases": "purchases",
    "others": "how other leads like it have fared",
    "agreement": "the heads made to agree",
    "records": "records of that time that have changed since",
}


@dataclass(frozen=True)
class MovedPart:
    """What one behaviour adds to a change for one cause, in hundredths of chance; feature is empty for all that is left of a cause."""

    cause: Cause
    feature: str
    says: str
    points: float


@dataclass(frozen=True)
class Move:
    """By how many hundredths a chance has moved, and its parts, which add up to that: the strongest first, then what is left by cause."""

    points: float
    parts: tuple[MovedPart, ...]


@dataclass(frozen=True)
class MoveWords:
    """The columns of the project, to say parts by, what people call the stages by their rank, and the voice of all the rest."""

    columns: Mapping[str, FeatureColumn]
    stages: Mapping[int, str]
    voice: Voice = ENGLISH


@dataclass(frozen=True)
class _Told:
    """One step by behaviour: weights (rows, behaviours) in log odds, which may be named, and the places of each behaviour's parts."""

    step: Step
    weights: Floats
    names: NDArray[np.bool_]
    members: Sequence[NDArray[np.intp]]
    row_of: Mapping[int, int]


def tell_moves(movement: Movement, now: Matrix, words: MoveWords, most: int = MOST_TOLD) -> list[Move]:
    """One move a row; now: the rows as the later look was shown them, in whose values the sentences are said.

    Points spread the change of the chance over the parts in proportion to their log odds, so that they add up to it.
    """
    before, after = expit(movement.before), expit(movement.after)
    apart = movement.after - movement.before
    near = np.abs(apart) < 1e-9
    slope = np.where(near, before * (1 - before), (after - before) / np.where(near, 1.0, apart))
    steps = [_by_behaviour(step, words) for step in movement.steps]
    values = {name: now.values[:, place] for place, name in enumerate(now.columns)}
    return [
        _tell_row(row, 100 * float(after[row] - before[row]), 100 * float(slope[row]), steps, values, words, most)
        for row in range(len(before))
    ]


def _by_behaviour(step: Step, words: MoveWords) -> _Told:
    named = [behaviour_of(words.columns[name].feature) if name in words.columns else name for name in step.names]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(named))}
    of_part = np.array([numbers[name] for name in named], dtype=np.int64)
    weights = np.zeros((len(step.rows), len(numbers)))
    np.add.at(weights.T, of_part, step.parts.T)
    members = [np.flatnonzero(of_part == number) for number in range(len(numbers))]
    changed = np.zeros(weights.shape, dtype=np.bool_)
    for number, places in enumerate(members):
        changed[:, number] = step.changed[:, places].any(axis=1)
    return _Told(step, weights, changed, members, {int(row): place for place, row in enumerate(step.rows)})


def _tell_row(
    row: int,
    points: float,
    slope: float,
    steps: Sequence[_Told],
    values: Mapping[str, NDArray[np.float32]],
    words: MoveWords,
    most: int,
) -> Move:
    here = [(one, one.row_of[row]) for one in steps if row in one.row_of]
    heard = [
        (abs(weight), one, at, group)
        for one, at in here
        for group, weight in _heaviest(one.weights[at] * one.names[at], most)
    ]
    least = LEAST_SHARE * sum(np.abs(one.weights[at]).sum() + abs(one.step.rest[at]) for one, at in here)
    chosen = sorted((one for one in heard if one[0] > least), key=lambda one: -one[0])[:most]
    parts = [_part(one, at, group, row, slope, values, words) for _, one, at, group in chosen]
    for one, at in here:
        left = one.step.rest[at] + one.weights[at].sum()
        left -= sum(one.weights[at, group] for _, told, _, group in chosen if told is one)
        if abs(left) * slope > 1e-9:
            parts.append(MovedPart(one.step.cause, "", words.voice.say(CAUSES[one.step.cause]), float(left * slope)))
    return Move(points, tuple(parts))


def _heaviest(weights: Floats, most: int) -> list[tuple[int, float]]:
    places = np.argsort(-np.abs(weights), kind="stable")[:most]
    return [(int(place), float(weights[place])) for place in places]


def _part(
    told: _Told,
    at: int,
    group: int,
    row: int,
    slope: float,
    values: Mapping[str, NDArray[np.float32]],
    words: MoveWords,
) -> MovedPart:
    """A behaviour in the words of the part that pulls hardest in its direction."""
    weight, members = told.weights[at, group], told.members[group][told.step.changed[at, told.members[group]]]
    name = told.step.names[int(members[np.argmax(told.step.parts[at, members] * np.sign(weight))])]
    points = float(weight * slope)
    if name not in words.columns:
        return MovedPart(told.step.cause, name, name.replace("_", " "), points)
    column = words.columns[name]
    says = column.sentence(float(values[name][row]), words.stages)
    return MovedPart(told.step.cause, column.feature.name, says, points)
