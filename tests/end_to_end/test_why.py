"""Whoever asks why gets all reasons and all that moved the chance, or one sentence that says what is missing."""

import re
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from configs.errors import FunnelcastError
from pipelines.cli import main
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from pipelines.why import why_lead
from tests.corner_shop import Shop, open_shop

ACTIONS = "actions: [{name: call, says: a call, touch: {kind: call}}]\nheads:"
FIRST, SECOND, LAST = "2025-08-20", "2025-08-21", "2025-08-27"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with three lists."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=700)
    shop.edit("project.yaml", "heads:", ACTIONS)
    with open_job(order(shop, FIRST)) as job:
        ingest_project(job)
        train_project(job)
    for day in (FIRST, SECOND, LAST):
        with open_job(order(shop, day)) as job:
            score_project(job, champion_of(job))
    return shop


def order(shop: Shop, day: str) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


def scores(shop: Shop, day: str) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(shop.workspace / "scores" / f"as_of={day}" / "scores.parquet").to_pandas()
    return frame


def ask(shop: Shop, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    line = ["why", "--project", str(shop.project), "--workspace", str(shop.workspace), *more]
    monkeypatch.setattr(sys, "argv", ["funnelcast", *line])
    main()


def test_scores_hold_what_moved(shop: Shop) -> None:
    first, last = scores(shop, FIRST), scores(shop, LAST)
    assert first["moved"].isna().all()
    before = scores(shop, SECOND).set_index("lead_id")["win"]
    told = last[last["moved"].notna()]
    assert set(told["lead_id"]) == set(last["lead_id"]) & set(before.index)
    assert (told["moved_since"].astype(str) == SECOND).all()
    for row in told.to_dict("records"):
        assert row["moved"] == pytest.approx(100 * (row["win"] - before[row["lead_id"]]), abs=1e-9)
        assert sum(part["points"] for part in row["moved_parts"]) == pytest.approx(row["moved"], abs=1e-6)
        assert "records" not in {part["cause"] for part in row["moved_parts"]}


def test_reasons_and_moves_end_at_the_served_chance(shop: Shop) -> None:
    line = scores(shop, LAST).dropna(subset="moved").iloc[0]
    with open_job(order(shop, LAST)) as job:
        told = why_lead(job, line["lead_id"])
    assert told.moved is not None
    for fall in (told.reasons, told.moved):
        assert fall.bars[-2].after == pytest.approx(100 * line["win"], abs=1e-6)
        assert fall.bars[-1].after == pytest.approx(100 * line["win"], abs=1e-9)
    assert told.moved.bars[0].after == pytest.approx(100 * line["win"] - line["moved"], abs=1e-6)


def test_the_command_shows_and_draws(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = scores(shop, FIRST).merge(scores(shop, LAST)[["lead_id"]])["lead_id"].iloc[0]
    with pytest.raises(SystemExit) as ended:
        ask(shop, monkeypatch, lead, "--since", FIRST, "--svg", str(tmp_path / "why.svg"))
    assert ended.value.code == 0
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "Why the chance to be won on 27 August 2025" in said
    assert "What has moved the chance to be won since 20 August" in said
    assert (tmp_path / "why.svg").read_text(encoding="utf-8").count("<rect") > 4


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("nobody",), "There is no lead 'nobody'"),
        (("L0000", "--as-of", "2025-01-15"), "2025-01-15 was not scored; the last scored days are 2025-08-20"),
        (("GONE",), "was not scored on 2025-08-27"),
        (("KEPT", "--since", "2025-08-01"), "--since 2025-08-01 is no scored day before 2025-08-27"),
        (("NEW", "--since", FIRST), "was not scored on 2025-08-20, so there is nothing to compare with"),
    ],
)
def test_a_question_without_an_answer_ends_with_one_sentence(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], says: str
) -> None:
    first, last = (set(scores(shop, day)["lead_id"]) for day in (FIRST, LAST))
    names = {"GONE": min(first - last), "NEW": min(last - first), "KEPT": min(first & last)}
    with pytest.raises(SystemExit) as ended:
        ask(shop, monkeypatch, *(names.get(word, word) for word in asked))
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") <= 2


def test_a_lead_that_is_new_on_the_list_has_reasons_and_no_moves(shop: Shop) -> None:
    new = min(set(scores(shop, LAST)["lead_id"]) - set(scores(shop, SECOND)["lead_id"]))
    with open_job(order(shop, LAST)) as job:
        assert why_lead(job, new).moved is None


def test_a_model_that_is_gone_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.track.Tracking.bundle", lambda self, number: None)
    with open_job(order(shop, LAST)) as job, pytest.raises(FunnelcastError, match="Model version 1"):
        why_lead(job, scores(shop, LAST)["lead_id"].iloc[0])


def test_what_would_help_stands_on_the_line_in_the_scores_and_in_the_answer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this shop leads that were called are won more often."""
    told = scores(shop, LAST)
    helps = told[told["helps"] != ""]
    assert len(helps)
    assert set(helps["band"]) <= {"call", "nurture"}
    assert helps["helps"].str.startswith("Leads like this one were won more often after a call: ").all()
    page = (shop.workspace / "lists" / LAST / "index.html").read_text("utf-8")
    assert all(says in page for says in helps["helps"])
    with pytest.raises(SystemExit):
        ask(shop, monkeypatch, helps["lead_id"].iloc[0])
    assert helps["helps"].iloc[0] in re.sub(r"\s+", " ", capsys.readouterr().out)
