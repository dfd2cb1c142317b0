"""The figures of a made-up training, for the tests of its page."""

from dataclasses import replace
from datetime import date

from models.base_rate import NOTHING_SETTLED, Shift
from models.depth import Depth, Reach, StageFigures
from models.drift import Shape
from models.heads import Head
from models.importance import Weight
from models.judgement import Window
from models.ladder import Standing
from models.track import Version
from pipelines.model_page.drift import Drift, Moved, Rate
from pipelines.model_page.figures import Bin, HeadFigures, ModelFigures
from pipelines.model_page.words import FIGURES

UNKNOWN = float("nan")


def row(auc: float) -> dict[str, float]:
    return {name: 61.0 if name.endswith("_yes") else auc for name in FIGURES}


WIN = HeadFigures(
    head=Head("win", "open", 56, "buy"),
    serves=Window(5_210, 301, date(2025, 1, 6), date(2026, 1, 5)),
    learned=Window(3_904, 240, date(2025, 1, 6), date(2025, 8, 25)),
    judged=Window(1_001, 61, date(2025, 10, 27), date(2026, 1, 5)),
    metrics={"model": row(0.8123), "stage_rate": row(0.7011), "best_column": row(0.7502)},
    ours="model",
    rival="best_column",
    bins=(Bin(500, 0.012, 0.01, 0.004, 0.041), Bin(501, 0.113, 0.1118, 0.14, 0.2)),
    depths={
        "model": (Depth(0.1, 0.5082, 5.0819), Depth(0.5, 0.9016, 1.8033), Depth(1.0, 1.0, 1.0)),
        "best_column": (Depth(0.1, 0.3443, 3.4426), Depth(0.5, 0.8033, 1.6066), Depth(1.0, 1.0, 1.0)),
    },
    reaches=(Reach(12, 0.41, 0.33), Reach(25, 0.31, 0.22)),
    stages=(StageFigures("New <i>", 700, 0, 0.009, UNKNOWN), StageFigures("Offer sent", 301, 61, 0.19, 0.7444)),
    weights=(
        Weight(
            "touches: kind meeting",
            "meetings_30d",
            0.4312,
            0.61,
            "Met us twice in the last 30 days",
            "Has <script>not</script> met us in the last 30 days",
        ),
        Weight("time in stage", "days_in_stage", 0.2714, 0.39, "", "Has been in this stage for 41 days"),
    ),
    standing=Standing("model", "It stands on gradient-boosted trees, the highest step."),
)
CHURN = replace(
    WIN,
    head=Head("churn", "customer", 30, "cancel"),
    stages=(StageFigures("customer", 1_001, 61, 0.061, 0.8123),),
    weights=(),
    bins=(Bin(500, 0.012, 0.01), Bin(501, 0.113, 0.1118)),
)
MODEL = ModelFigures(
    project="shop <b>",
    funnel="b2b",
    until=date(2026, 3, 9),
    leaks_day=date(2026, 3, 9),
    capacity=25,
    grades={"safe": 155, "suspect": 1, "banned": 2},
    heads=(WIN, CHURN),
    unjudged=(),
    versions=(
        Version("3", ("challenger",), "2026-03-02", {"win.auc": 0.8011, "churn.auc": 0.7}, "it loses <more>"),
        Version("2", ("champion",), "2026-02-23", {"win.auc": 0.8099}, "no other model serves yet"),
    ),
)
WHOLE = replace(
    MODEL,
    unjudged=("leave: It stands on a points table, which needs no past.",),
)
DRIFT = Drift(
    "2026-04-20",
    0.5,
    {
        "open": (
            Moved(
                "meetings_30d",
                "Has <i>not</i> met us in the last 30 days",
                0.61,
                Shape((0.0, 1.0), (0.7, 0.2, 0.08, 0.02), 400, 0.81, 0.02),
                Shape((0.0,), (0.95, 0.04, 0.01), 350, 0.11, 0.0),
            ),
            Moved(
                "days_to_answer",
                "Answered our last mail within a day",
                0.17,
                Shape((2.0,), (0.5, 0.4, 0.1), 400, 3.2, 0.1),
                Shape((), (0.01, 0.99), 350, None, 1.0),
            ),
        ),
        "customer": (),
    },
    (
        Rate("win", 0.0578, 5_210, Shift(1_200, 410, 71.0, 44.0, -3.4, -0.48)),
        Rate("churn", 0.061, 3_100, Shift(420, 190, 25.2, 27.0, 0.4, 0.0)),
        Rate("leave", 0.0, 0, NOTHING_SETTLED),
    ),
)
