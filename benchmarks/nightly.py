"""How long a night takes from the lake to the list, and how much memory, against the least that it could do."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import duckdb
import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.feature_ratio import FLOOR
from benchmarks.made_up import MadeUp, make
from benchmarks.measure import Result, peak_gb_so_far
from configs.load import load_project
from features.matrix import Matrix
from models.agreement import disagreement
from models.bundle import Bundle, HeadModel, Origin, load_bundle, save_bundle
from models.calibrate import IDENTITY
from models.heads import Head
from models.predict import inputs
from models.track import Champion
from pipelines.job import Job, matrix_of
from pipelines.narrator import Narrator
from pipelines.plainly import keep_plain, plain_file
from pipelines.score import score_project
from pipelines.workspace import Workspace, open_workspace

DAY, VERSION = date(2026, 1, 1), "1"
TREES, LEAVES, ROWS_TO_GROW, ROWS_COMPARED = 500, 63, 100_000, 200
STAGES = ("new", "contacted", "qualified", "demo", "proposal", "negotiation")
PROJECT = Path(__file__).parent / "nightly.yaml"

LEADS = """
    SELECT lead_id, min(happened_at) AS happened_at, min(happened_at) AS known_at, 'A' || (hash(lead_id) % 400000) AS account_id,
        'O' || (hash(lead_id) % 40) AS owner_id, (['web', 'event', 'partner', 'ads'])[1 + (hash(lead_id, 1) % 4)::INT] AS source,
        1000 + (hash(lead_id, 2) % 50000)::DOUBLE AS amount, 'EUR' AS currency, 'Person ' || lead_id AS display_name,
        'Company ' || (hash(lead_id) % 400000) AS company
    FROM touches GROUP BY lead_id
"""
MOVES = """
    SELECT lead_id, happened_at + INTERVAL (9 * place) DAY AS happened_at, happened_at + INTERVAL (9 * place) DAY AS known_at,
        ({stages})[place + 1] AS stage, place::DOUBLE AS order_key
    FROM leads, unnest(range(1 + (hash(lead_id, 3) % 6)::INT)) AS t(place)
    WHERE happened_at + INTERVAL (9 * place) DAY < TIMESTAMP '{day}' ORDER BY happened_at
"""


def prepare(folder: Path, size: MadeUp) -> None:
    """Makes the company's lake, and its models once for each set of features."""
    with open_workspace(_root(folder, size)) as workspace:
        _make_lake(make(folder, size), workspace)
        job = _job(workspace)
        if not (_model_folder(job) / "bundle.json").exists():
            save_bundle(_grown_bundle(job), _model_folder(job))
        if not plain_file(workspace, VERSION).exists():
            _keep_plain(job)


def measure(folder: Path, size: MadeUp, must: float, reach: float, peak_must_gb: float) -> Result:
    """One night of one company with two heads: features, chances, reasons for all, ranks, all files. Prints what each step took.

    The floor is DuckDB's scan and hash aggregate of the touches and one Booster.predict of every lead for each head. It is the first
    night: no list stands before it, so nothing is asked about why chances have moved.
    """
    with open_workspace(_root(folder, size)) as workspace:
        job = _job(workspace)
        champion = Champion(load_bundle(_model_folder(job)), VERSION)
        began = peak_gb_so_far()
        seconds = _seconds(lambda: score_project(job, champion))
        peak = peak_gb_so_far()
        print(f"peak {peak:.2f} GB, of which {began:.2f} GB before the night began")
        floors = _floors(job, champion)
    floor = sum(floors.values())
    print(", ".join(f"{name}: {one:.1f} s" for name, one in floors.items()))
    name = f"a night: {size.leads:,} leads, {size.touches:,} touches, two heads, reasons for all"
    return Result(name, seconds, floor, seconds / floor, must, reach, peak, peak_must_gb)


def _floors(job: Job, champion: Champion) -> dict[str, float]:
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"CREATE VIEW touches AS SELECT * FROM '{job.workspace.lake}/touches/*.parquet'")
        floors = {"scan and aggregate": _seconds(lambda: con.sql(FLOOR).to_arrow_table())}
    matrix = matrix_of(job, [DAY], None)
    for name, model in champion.bundle.heads.items():
        booster, values = lgb.Booster(model_str=model.booster), inputs(model, matrix.values, matrix.columns)
        floors[f"Booster.predict of {name}"] = _seconds(lambda: booster.predict(values))  # noqa: B023  called at once
    return floors


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _make_lake(made: Path, workspace: Workspace) -> None:
    """The lake of a company in which every lead has a stage; made once."""
    if workspace.observed.exists():
        return
    for table in ("touches", "leads", "stage_moves"):
        (workspace.lake / table).mkdir(parents=True, exist_ok=True)
    touches = workspace.lake / "touches" / "made_up.parquet"
    if not touches.exists():
        os.link(made / "touches.parquet", touches)
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW touches AS SELECT * FROM '{touches}'")
        con.execute(f"CREATE TABLE leads AS {LEADS}")
        moves = MOVES.format(stages=list(STAGES), day=DAY)
        for table, sql in (("leads", "SELECT * FROM leads ORDER BY happened_at"), ("stage_moves", moves)):
            con.execute(
                f"COPY ({sql}) TO '{workspace.lake / table}/made_up.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
    workspace.observed.write_text('{"observed_until": "2026-01-01T00:00:00"}', encoding="utf-8")


def _root(folder: Path, size: MadeUp) -> Path:
    return folder / f"night_{size.name}"


def _job(workspace: Workspace) -> Job:
    return Job(load_project(PROJECT), workspace, workspace.root, DAY, Narrator(Console(highlight=False)))


def _model_folder(job: Job) -> Path:
    return job.workspace.models / job.fingerprint


def _grown_bundle(job: Job) -> Bundle:
    """Models of the size that a large company would have, grown on outcomes made up from what leads did."""
    matrix = matrix_of(job, [DAY], None)
    rows = np.zeros(len(matrix.values), dtype=np.bool_)
    rows[np.random.default_rng(1).permutation(len(rows))[:ROWS_TO_GROW]] = True
    heads = {head.name: _grown(head, matrix.take(rows), seed) for seed, head in enumerate(job.heads)}
    origin = Origin(job.project.name, job.project.funnel.name, job.fingerprint)
    return Bundle(origin, datetime(2025, 12, 31), {}, {}, heads)


def _keep_plain(job: Job) -> None:
    """What a training keeps of the plain past, as for a model that has learned from these leads."""
    matrix = matrix_of(job, [DAY], None)
    outcomes = {head.name: _outcomes(matrix.values, seed).astype(np.float64) for seed, head in enumerate(job.heads)}
    known = replace(matrix, outcomes=pd.DataFrame(outcomes))
    bundle = load_bundle(_model_folder(job))
    keep_plain(job.workspace, Champion(replace(bundle, trained_until=datetime(2027, 1, 1)), VERSION), known)


def _grown(head: Head, matrix: Matrix, seed: int) -> HeadModel:
    outcome = _outcomes(matrix.values, seed)
    settings = {"objective": "binary", "num_leaves": LEAVES, "learning_rate": 0.05, "verbose": -1, "seed": 7}
    booster = lgb.train(settings, lgb.Dataset(matrix.values, outcome), TREES)
    moment = datetime(2025, 12, 1)
    model = HeadModel(
        head,
        booster.model_to_string(),
        IDENTITY,
        matrix.columns,
        TREES,
        moment,
        moment,
        len(outcome),
        int(outcome.sum()),
    )
    warning = disagreement(model, matrix.values[:ROWS_COMPARED])
    if warning:
        raise ValueError(warning)
    return replace(model, is_fast=True)


def _outcomes(values: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    """Yes for about one lead in four: a sum of what it did, weighed by dice, and chance."""
    draw = np.random.default_rng(seed)
    known = np.log1p(np.abs(np.nan_to_num(values[:, ::3], nan=400)))
    score = ((known - known.mean(axis=0)) / (known.std(axis=0) + 1e-9)) @ draw.normal(size=known.shape[1])
    yes: NDArray[np.bool_] = draw.random(len(values)) < 1 / (1 + np.exp(1.2 - score / score.std()))
    return yes.astype(np.int64)
