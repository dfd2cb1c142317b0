"""Writes the model page: one file that opens from disk, asks nothing of any host and can be read without colour."""

from dataclasses import dataclass
from math import ceil, isnan, nan
from pathlib import Path

from markupsafe import Markup

from models.depth import Depth
from models.judgement import MODEL
from pipelines.lists.site import MODEL_PAGE
from pipelines.model_page.charts import Axis, Chart, Curve, chart
from pipelines.model_page.drift import Drift, section
from pipelines.model_page.figures import Bin, HeadFigures, ModelFigures
from pipelines.model_page.words import ASKS, FIGURES, RANKS, WHOM, figure_says, metric_says, percent_says
from pipelines.pages import content_hash, templates
from pipelines.store import Workspace, write_beside

HERE = Path(__file__).parent
TO_LIST = '<a class="list" href="index.html">'  # shown where the page lies beside a list
TO_LIST_HIDDEN = TO_LIST.replace(">", " hidden>")
DRIFT_LINK, DRIFT = (
    Markup("<!-- to drift -->"),
    Markup("<!-- drift -->"),
)  # filled in beside a list, of whose day drift is told
TO_DRIFT = '<li><a href="#drift">drift</a></li>'
KEPT_LEAKS = "leaks/index.html"  # from the page to the leak report, where both are kept with the run
LEAST_TOP = 0.01
EVEN_TOP = 25  # an axis of chances ends at a multiple of 4 %, so that its ticks are whole


@dataclass(frozen=True)
class Pictures:
    """The three charts of a head."""

    reliability: Chart
    gains: Chart
    lift: Chart


def page_html(figures: ModelFigures, leaks: str) -> str:
    """The page; leaks: where the leak report lies, seen from the page. The same figures give the same text."""
    style = (HERE / "model.css").read_text(encoding="utf-8")
    environment = templates(HERE)
    environment.filters |= {"figure": figure_says, "percent": percent_says}
    return environment.get_template("model.html.j2").render(
        figures=figures,
        pictures={one.head.name: pictures(one) for one in figures.heads},
        version_heads=[one.head.name for one in figures.heads],
        leaks=leaks,
        asks=ASKS,
        whom=WHOM,
        ranks=RANKS,
        names=FIGURES,
        metric_says=metric_says,
        model=MODEL,
        drift_link=DRIFT_LINK,
        drift_section=DRIFT,
        missing=nan,
        style=style,
        style_hash=content_hash(style),
    )


def kept_text(figures: ModelFigures) -> dict[str, str]:
    """The page by its path among the files of the run."""
    return {MODEL_PAGE: page_html(figures, KEPT_LEAKS)}


def write_page(workspace: Workspace, figures: ModelFigures, version: str) -> Path:
    """Writes models/VERSION/model.html and returns its path."""
    page = workspace.models / version / MODEL_PAGE
    with write_beside(page) as part:
        part.write_bytes(page_html(figures, f"../../leaks/{figures.leaks_day}/index.html").encode("utf-8"))
    return page


def copy_page(workspace: Workspace, version: str, folder: Path, drift: Drift) -> None:
    """Puts the page of a version into a folder, with what has changed since; nothing where the version has no page here."""
    page = workspace.models / version / MODEL_PAGE
    if page.is_file():
        text = beside_list(page.read_text(encoding="utf-8"), drift)
        (folder / MODEL_PAGE).write_bytes(text.encode("utf-8"))


def beside_list(page: str, drift: Drift) -> str:
    """The page as it stands beside a list: with the way back, and with what has changed from the training to the list's day."""
    return page.replace(TO_LIST_HIDDEN, TO_LIST).replace(DRIFT_LINK, TO_DRIFT).replace(DRIFT, section(drift))


def pictures(head: HeadFigures) -> Pictures:
    """The charts of a head, each drawn from the very numbers of the table beside it."""
    return Pictures(_reliability(head.bins), *_depth_charts(head))


def _reliability(bins: tuple[Bin, ...]) -> Chart:
    highest = max(LEAST_TOP, *(max(one.chance, one.share) for one in bins))
    top = min(1.0, ceil(highest * EVEN_TOP) / EVEN_TOP)
    return chart(
        "Chance said, and share that came true",
        Axis("chance said", top, percent_says),
        Axis("share that came true", top, percent_says),
        (
            Curve("chance", "honest chances", ((0, 0), (top, top))),
            Curve("model", "the model", tuple((one.chance, one.share) for one in bins)),
        ),
    )


def _depth_charts(head: HeadFigures) -> tuple[Chart, Chart]:
    ours, theirs = head.depths[head.ours], head.depths[head.rival]
    lifts = [one.lift for one in (*ours, *theirs) if not isnan(one.lift)]
    called, top = Axis("share called, from the top", 1.0, percent_says), float(ceil(max(1.0, *lifts, 1.0)))
    gains = (
        Curve("chance", "any order", ((0, 0), (1, 1))),
        Curve("rival", head.rival, ((0, 0), *_points(theirs, "captured"))),
        Curve("model", "the model", ((0, 0), *_points(ours, "captured"))),
    )
    lift = (
        Curve("chance", "any order", ((0, 1), (1, 1))),
        Curve("rival", head.rival, _points(theirs, "lift")),
        Curve("model", "the model", _points(ours, "lift")),
    )
    return (
        chart("Share of all yes found", called, Axis("share of all yes found", 1.0, percent_says), gains),
        chart("How many times more yes than in any order", called, Axis("lift", top, _two_digits), lift),
    )


def _two_digits(value: float) -> str:
    return figure_says(value, 2)


def _points(found: tuple[Depth, ...], name: str) -> tuple[tuple[float, float], ...]:
    """The points of a curve; none where there was no yes."""
    return tuple((one.share, height) for one in found if not isnan(height := float(vars(one)[name])))
