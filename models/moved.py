"""Why a chance is not what it was on an earlier day: its change, cause by cause and part by part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from features.matrix import FIELD_COLUMN, Matrix
from features.news import OTHERS, SOURCES, TIME, Letting, NewsSource, Waiting
from models.bundle import HeadModel
from models.predict import contributions_of, parts_of

Cause = Literal["model", "base", "agreement", "records"] | Waiting | NewsSource
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
LogOdds = Callable[[Floats], Floats]

ALIKE = 1e-6  # margins nearer to each other than this take the slope between them from further apart


@dataclass(frozen=True)
class Look:
    """What was said of some leads on a day.

    model: what said it, None where it can no longer be asked. matrix: what it was shown. agreed: the chances (rows,) that it gives
    for them, the heads agreeing. served: those that were written down on that day.
    """

    model: HeadModel | None
    matrix: Matrix
    agreed: Floats
    served: Floats


@dataclass(frozen=True)
class Step:
    """What one cause adds to the log odds of some rows (k,).

    parts (k, parts): by the names of the model's parts; rest (k,): what belongs to none. changed (k, parts): whether the cause changed
    what the part looks at. A part that looks at the same as before may count for more or less beside one that does not.
    """

    cause: Cause
    rows: Ints
    names: tuple[str, ...]
    parts: Floats
    rest: Floats
    changed: Flags

    @property
    def whole(self) -> Floats:
        """What the cause adds in all (k,)."""
        whole: Floats = self.parts.sum(axis=1) + self.rest
        return whole


@dataclass(frozen=True)
class Movement:
    """The log odds of the served chances (rows,) before and after, and the steps that add up to their difference."""

    before: Floats
    after: Floats
    steps: tuple[Step, ...]


def moved(before: Look, waited: Matrix, after: Look, given: Floats, letting: Letting) -> Movement:
    """The change of the log odds of the same leads from one look to a later one, split without a rest.

    waited: the leads on the later day as they would look had nothing been heard since the earlier one. given: contributions_of the
    model after on its matrix. letting: which columns each source of news lets in.

    One thing is changed after the other and keeps what it moved (standardisation by steps, Kitagawa 1955, Das Gupta 1993): the model
    and its base, then time and other leads, then the lead's own news source by source in the order of features.news.SOURCES. So a
    step answers for what it moves on top of those before it; another order would share out differently what two causes only do
    together. A Shapley value over all orders would not depend on one, but costs an explanation for each set of sources in place of
    one for each source.
    Within a step a part answers for the difference of its contributions, which add up to the margin before and after, told in
    calibrated log odds by the slope between the two margins.
    """
    model = after.model
    assert model is not None
    here = contributions_of(model, before.matrix)
    nothing_new = ~differs(before.matrix, after.matrix)
    here[nothing_new] = given[nothing_new]
    was = here if before.model is model else contributions_of(before.model, before.matrix) if before.model else None
    then, now = _log_odds_of(before.served), _log_odds_of(after.served)
    agreed = [then if was is None else _log_odds_of(before.agreed), _log_odds_of(after.agreed)]
    asked = [then if was is None or before.model is None else told(before.model, was), told(model, given)]
    steps = (
        *(() if was is here else _of_model(before, model, was, here, asked[0])),
        *_of_news(Walk(model, before.matrix, here), waited, after.matrix, given, letting),
        _without_parts("agreement", (agreed[1] - asked[1]) - (agreed[0] - asked[0])),
        _without_parts("records", (now - agreed[1]) - (then - agreed[0])),
    )
    return Movement(then, now, steps)


def told(model: HeadModel, given: Floats) -> Floats:
    """The calibrated log odds (rows,) of contributions (rows, parts + 1)."""
    return model.calibrator.log_odds(given.sum(axis=1))


def _of_model(before: Look, model: HeadModel, was: Floats | None, here: Floats, asked: Floats) -> Iterator[Step]:
    """What the new model says of the old rows, against the old one; its base, then its parts."""
    if before.model is None or was is None:
        yield _without_parts("model", told(model, here) - asked)
        return
    old, new = before.model.calibrator.log_odds, model.calibrator.log_odds
    yield _without_parts("base", new(here[:, -1]) - old(was[:, -1]))
    names, (lost, gained) = _side_by_side(
        (parts_of(before.model), from_base(was, old)), (parts_of(model), from_base(here, new))
    )
    parts = gained - lost
    yield Step("model", np.arange(len(here)), names, parts, np.zeros(len(here)), np.ones(parts.shape, dtype=np.bool_))


@dataclass(frozen=True)
class Walk:
    """How far the leads have come on the way from the earlier day to the later one, and what the model's parts add up to there."""

    model: HeadModel
    at: Matrix
    given: Floats

    def on(self, there: Matrix, goal: Matrix, goal_given: Floats) -> "Walk":
        """The same leads as they look there; goal_given is known already for rows that have reached the goal."""
        given = self.given.copy()
        changed = differs(self.at, there)
        arrived = changed & ~differs(there, goal)
        given[arrived] = goal_given[arrived]
        asked = changed & ~arrived
        if asked.any():
            given[asked] = contributions_of(self.model, there.take(asked))
        return Walk(self.model, there, given)


def _of_news(walk: Walk, waited: Matrix, goal: Matrix, given: Floats, letting: Letting) -> Iterator[Step]:
    """What time moves and, told apart by what looks at it, what is new of other leads; then every source of the lead's own news.

    Everybody waits every day, so both are asked about at once; most leads have no news of their own and need no further question.
    """
    names = parts_of(walk.model)
    there = walk.on(letting.let_in(letting.let_in(walk.at, waited, TIME), goal, OTHERS), goal, given)
    of_others = _changed(names, there.at, letting.let_in(there.at, walk.at, OTHERS))
    for step in _between(TIME, walk, there):
        yield replace(step, parts=np.where(of_others[step.rows], 0.0, step.parts))
        yield replace(step, cause=OTHERS, parts=np.where(of_others[step.rows], step.parts, 0.0))
    for source in SOURCES:
        if source != OTHERS:
            walk, there = there, there.on(letting.let_in(there.at, goal, source), goal, given)
            yield from _between(source, walk, there)


def _between(cause: Cause, walk: Walk, there: Walk) -> Iterator[Step]:
    """The step from one stage of the walk to the next, of the rows that it moves; none where it moves none."""
    names, rows = parts_of(walk.model), np.flatnonzero((there.given != walk.given).any(axis=1))
    if len(rows):
        parts = between(walk.given[rows], there.given[rows], walk.model.calibrator.log_odds)
        yield Step(cause, rows, names, parts, np.zeros(len(rows)), _changed(names, walk.at, there.at)[rows])


def between(before: Floats, after: Floats, log_odds: LogOdds) -> Floats:
    """What each part adds to the change of calibrated log odds (rows, parts) between contributions (rows, parts + 1) of one model."""
    low, high = before.sum(axis=1), after.sum(axis=1)
    parts = (after - before)[:, :-1] * _slope(low, high, log_odds)[:, None]
    return _settled(parts, log_odds(high) - log_odds(low))


def from_base(given: Floats, log_odds: LogOdds) -> Floats:
    """What each part adds to the calibrated log odds (rows, parts) above those of the base, of contributions (rows, parts + 1)."""
    base, margin = given[:, -1], given.sum(axis=1)
    parts = given[:, :-1] * _slope(base, margin, log_odds)[:, None]
    return _settled(parts, log_odds(margin) - log_odds(base))


def _slope(low: Floats, high: Floats, log_odds: LogOdds) -> Floats:
    near = np.abs(high - low) < ALIKE
    high = np.where(near, low + ALIKE, high)
    slope: Floats = (log_odds(high) - log_odds(low)) / (high - low)
    return slope


def _settled(parts: Floats, whole: Floats) -> Floats:
    """The parts with the crumbs of rounding put to the largest of each row."""
    rows, largest = np.arange(len(parts)), np.abs(parts).argmax(axis=1)
    parts[rows, largest] += whole - parts.sum(axis=1)
    return parts


def differs(one: Matrix, other: Matrix) -> Flags:
    """Which rows of two matrices of the same leads and columns differ in anything that a model may look at.

    All that the snapshots hold beside their fields stands in a column too.
    """
    found: Flags = np.any(_unlike(one.values, other.values), axis=1)
    for name in (name for name in one.snapshots.columns if name.startswith(FIELD_COLUMN)):
        here, there = (matrix.snapshots[name].astype(object) for matrix in (one, other))
        unlike: Flags = np.asarray((here != there) & ~(here.isna() & there.isna()), dtype=np.bool_)
        np.logical_or(found, unlike, out=found)
    return found


def _unlike(one: NDArray[np.float32], other: NDArray[np.float32]) -> Flags:
    both_unknown = np.isnan(one) & np.isnan(other)
    return np.not_equal(one, other) & ~both_unknown


def _changed(names: tuple[str, ...], one: Matrix, other: Matrix) -> Flags:
    """Whether the columns of these names differ (rows, names); a part that is no column may always have changed."""
    unlike = _unlike(one.values, other.values)
    place = {name: number for number, name in enumerate(one.columns)}
    changed = np.ones((len(unlike), len(names)), dtype=np.bool_)
    known = [number for number, name in enumerate(names) if name in place]
    changed[:, known] = unlike[:, [place[names[number]] for number in known]]
    return changed


def _side_by_side(
    one: tuple[tuple[str, ...], Floats], other: tuple[tuple[str, ...], Floats]
) -> tuple[tuple[str, ...], tuple[Floats, Floats]]:
    names = tuple(dict.fromkeys((*one[0], *other[0])))
    place = {name: number for number, name in enumerate(names)}
    spread = []
    for held, parts in (one, other):
        wide = np.zeros((len(parts), len(names)))
        wide[:, [place[name] for name in held]] = parts
        spread.append(wide)
    return names, (spread[0], spread[1])


def _without_parts(cause: Cause, rest: Floats) -> Step:
    nothing = np.empty((len(rest), 0))
    return Step(cause, np.arange(len(rest)), (), nothing, rest, nothing.astype(np.bool_))


def _log_odds_of(chances: Floats) -> Floats:
    told: Floats = logit(chances)
    return told
