"""How long chances and reasons take, against one Booster.predict of the same rows."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import RUNS, Result, peak_gb_so_far
from models.fast import FastForest, fast_margins, fast_reasons, read_fast

COLUMNS, TREES, LEAVES, REASONS = 125, 500, 63, 5
WINDOWS_DAYS = (7, 30, 90, 365)
FEW = 100_000
NO_BAR = 1e9
CONTRIBUTIONS_OF = 200  # rows of pred_contrib, whose time is told for as many rows as the reasons'

Values = NDArray[np.float32]


def measure(folder: Path, rows: int) -> list[Result]:
    """The ratios of chances and reasons; one process for all, so that peaks are those of the work so far.

    First come compiling and reading, which happen once a machine and once a model, against LightGBM's own reading.
    """
    values = _values(rows, 7)
    text = _model_text(folder)
    booster, targets, few = lgb.Booster(model_str=text), np.arange(COLUMNS), values[:FEW]
    found = [
        _once(
            "models: first reading and compiling, against LightGBM's reading",
            lambda: _prepare(text, few),
            lambda: lgb.Booster(model_str=text),
        )
    ]
    fast = read_fast(text)
    matrix_gb = peak_gb_so_far()
    whole = len(values) > len(few)
    for rows_of, runs in ((few, RUNS), (values, 1)) if whole else ((few, RUNS),):
        size = f"{len(rows_of):,} rows, {TREES} trees x {LEAVES} leaves"
        floor = _seconds(lambda: booster.predict(rows_of), runs)  # noqa: B023  called at once
        margins = _seconds(lambda: fast_margins(fast, rows_of), runs)  # noqa: B023
        reasons = _seconds(lambda: fast_reasons(fast, rows_of, targets, REASONS), runs)  # noqa: B023
        above = peak_gb_so_far() - matrix_gb
        found += [
            Result(f"predict: {size}", margins, floor, margins / floor, 0.20, 0.15, above),
            Result(f"reasons (top {REASONS}): {size}", reasons, floor, reasons / floor, 2.0, 0.7, above),
        ]
        if rows_of is few:
            found.append(_against_contributions(booster, few, reasons))
    return found


def _against_contributions(booster: lgb.Booster, values: Values, reasons: float) -> Result:
    one_by_one = _seconds(lambda: booster.predict(values[:CONTRIBUTIONS_OF], pred_contrib=True), 1)
    floor = one_by_one * len(values) / CONTRIBUTIONS_OF
    name = f"reasons: {len(values):,} rows, against pred_contrib"
    return Result(name, reasons, floor, reasons / floor, 0.01, 0.005, peak_gb_so_far())


def _prepare(text: str, values: Values) -> None:
    fast: FastForest = read_fast(text)
    fast_margins(fast, values[:100])
    fast_reasons(fast, values[:100], np.arange(COLUMNS), REASONS)


def _once(name: str, work: Callable[[], object], floor: Callable[[], object]) -> Result:
    seconds, floor_seconds = _seconds(work, 1), _seconds(floor, 1)
    return Result(name, seconds, floor_seconds, seconds / floor_seconds, NO_BAR, NO_BAR, peak_gb_so_far())


def _seconds(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return median(times)


def _values(rows: int, seed: int) -> Values:
    """Columns like those of leads: of 25 behaviours how often in four nested windows and how long ago, most leads doing little."""
    draw = np.random.default_rng(seed)
    busy, silent_days = np.exp(1.3 * draw.normal(size=rows)), draw.exponential(120, size=rows)
    values = np.empty((rows, COLUMNS), dtype=np.float32)
    for behaviour in range(COLUMNS // 5):
        rate = busy * np.exp(1.2 * draw.normal())
        seen = np.zeros(rows)
        for place, days in enumerate(WINDOWS_DAYS):
            new = np.maximum(0, days - silent_days) - np.maximum(0, (0, *WINDOWS_DAYS)[place] - silent_days)
            seen = seen + draw.poisson(rate * new / 90)
            values[:, 5 * behaviour + place] = seen
        last = np.floor(silent_days + draw.exponential(30, size=rows) / rate)
        values[:, 5 * behaviour + 4] = np.where(seen > 0, last, np.nan)
    return values


def _model_text(folder: Path) -> str:
    """The text of the model, grown once."""
    file = folder / f"model_{TREES}_{LEAVES}.lgb"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        values = _values(100_000, 1)
        known = np.log1p(np.nan_to_num(values[:, ::3], nan=400))
        score = ((known - known.mean(axis=0)) / (known.std(axis=0) + 1e-9)) @ np.random.default_rng(8).normal(
            size=known.shape[1]
        )
        outcome = np.random.default_rng(9).random(len(values)) < 1 / (1 + np.exp(-score / score.std()))
        settings = {"objective": "binary", "num_leaves": LEAVES, "learning_rate": 0.05, "verbose": -1, "seed": 7}
        lgb.train(settings, lgb.Dataset(values, outcome.astype(int)), TREES).save_model(file)
    return file.read_text("utf-8")
