"""The page of a made-up training comes out byte for byte as it was last agreed."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.lists.day import DayList
from pipelines.lists.page import write_list
from pipelines.lists.site import MODEL_PAGE
from pipelines.model_page.charts import Axis, Curve, chart
from pipelines.model_page.drift import section
from pipelines.model_page.figures import Bin
from pipelines.model_page.page import beside_list, copy_page, kept_text, page_html, pictures, write_page
from pipelines.model_page.words import percent_says
from pipelines.store import Workspace
from tests.agreed import agreed
from tests.made_up_model import DRIFT, MODEL, WHOLE, WIN

LEAKS = "../../leaks/2026-03-09/index.html"


def test_the_page_is_as_agreed() -> None:
    made = page_html(WHOLE, LEAKS).encode()
    assert made == agreed("model/index.html", made)


def test_the_page_asks_nothing_of_anybody_and_takes_no_markup_from_data() -> None:
    page = page_html(WHOLE, LEAKS)
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page
    assert " style=" not in page
    assert "default-src 'none'" in page
    for text in ("shop &lt;b&gt;", "New &lt;i&gt;", "it loses &lt;more&gt;", "Has &lt;script&gt;not"):
        assert text in page


def test_heads_too_young_are_left_out_where_there_are_none() -> None:
    with_some, without = page_html(WHOLE, LEAKS), page_html(MODEL, LEAKS)
    for said in ("Too young to be judged", "needs no past"):
        assert said in with_some
        assert said not in without
    for page in (with_some, without):
        assert page.count("The ladder") == page.count("the highest step") == len(MODEL.heads)


def test_drift_is_told_beside_a_list_and_nowhere_else(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    page = write_page(workspace, MODEL, "4")
    copy_page(workspace, "4", tmp_path, DRIFT)
    kept, copied = page.read_text(encoding="utf-8"), (tmp_path / MODEL_PAGE).read_text(encoding="utf-8")
    for said in ("Drift since training", 'href="#drift"', "lowered by 0.48 in log odds"):
        assert said not in kept
        assert said in copied
    assert "<!--" not in copied


def test_the_page_beside_a_list_is_as_agreed() -> None:
    made = beside_list(page_html(WHOLE, LEAKS), DRIFT).encode()
    assert made == agreed("model/beside_list/index.html", made)


def test_drift_tells_what_moved_with_its_figures_and_what_did_not() -> None:
    told = section(DRIFT)
    assert "Has &lt;i&gt;not&lt;/i&gt; met us" in told
    assert told.count(" · far") == 1, "only what moved further than the project allows is called far"
    assert told.index("meetings_30d") < told.index("days_to_answer")
    assert "No column has moved" in told[told.index("Columns of customers") :]
    for figure in ("0.61", "0.81", "0.11", "2.0 %", "100 %", "5.8 %", "3.7 %", "5.9 %"):
        assert f'<td class="n">{figure}</td>' in told
    assert "Nothing has settled since." in told
    assert "cannot be told" in section(replace(DRIFT, moved={}))


def test_a_share_may_lie_beside_its_range_by_luck() -> None:
    """One standard error of a share of 0.2 among 400 rows is 0.02, and 90 of 100 lie within 1.645 of them."""
    assert Bin(400, 0.2, 0.2, 0.15, 0.25).is_held
    assert Bin(400, 0.2, 0.282, 0.15, 0.25).is_held
    assert not Bin(400, 0.2, 0.284, 0.15, 0.25).is_held
    assert not Bin(400, 0.2, 0.116, 0.15, 0.25).is_held
    assert not Bin(40_000, 0.2, 0.26, 0.15, 0.25).is_held


def test_ranges_stand_beside_what_came() -> None:
    page = page_html(MODEL, LEAKS)
    assert "In 1 of 2 rows the share that came true" in page
    assert "the middle row's is 6 points wide" in page
    assert page.count("Its chances have no ranges") == 1


def test_the_first_model_has_none_before_it() -> None:
    page = page_html(replace(MODEL, versions=()), LEAKS)
    assert "There was no other model." in page
    assert "Why it served or not" not in page


def test_every_number_of_a_chart_stands_in_a_table() -> None:
    page = page_html(MODEL, LEAKS)
    said = [*(one.chance for one in WIN.bins), *(one.share for one in WIN.bins)]
    said += [one.captured for found in WIN.depths.values() for one in found]
    for share in said:
        assert f'<td class="n">{percent_says(share)}</td>' in page
    drawn = pictures(WIN)
    assert [len(curve.marks) for curve in drawn.reliability.curves] == [0, 2]
    assert [len(curve.marks) for curve in drawn.gains.curves] == [0, 4, 4]
    assert [len(curve.marks) for curve in drawn.lift.curves] == [0, 3, 3]


def test_curves_are_told_apart_without_colour() -> None:
    """Each style has dashes or marks of its own, and the words in the key."""
    page = page_html(MODEL, LEAKS)
    style = page[page.index("<style>") : page.index("</style>")]
    dashes = {
        name: re.findall(rf"polyline\.{name} {{[^}}]*stroke-dasharray: ([^;]+);", style)
        for name in ("model", "rival", "chance")
    }
    assert not dashes["model"]
    assert dashes["rival"] != dashes["chance"]
    assert dashes["rival"]
    assert dashes["chance"]
    assert '<circle class="model"' in page
    assert '<rect class="rival"' in page


def test_a_point_stands_where_its_values_say() -> None:
    """The picture is 420 by 320 with 58 left, 26 right, 12 above and 46 below: 336 by 262 within the axes."""
    axes = Axis("x", 0.5, percent_says), Axis("y", 2.0, percent_says)
    made = chart("t", *axes, [Curve("model", "m", ((0, 0), (0.25, 1.0), (0.5, 3.0)))])
    assert made.curves[0].marks == ((58.0, 274.0), (226.0, 143.0), (394.0, 12.0))
    assert made.curves[0].path == "58.0,274.0 226.0,143.0 394.0,12.0"
    assert [tick.says for tick in made.ticks_across] == ["0 %", "12 %", "25 %", "38 %", "50 %"]


def test_the_page_stands_with_its_version_and_goes_with_a_list(tmp_path: Path) -> None:
    workspace, folder = Workspace(tmp_path), tmp_path / "lists" / "2026-03-09"
    folder.mkdir(parents=True)
    copy_page(workspace, "4", folder, DRIFT)
    assert not list(folder.iterdir())
    page = write_page(workspace, MODEL, "4")
    assert page == tmp_path / "models" / "4" / MODEL_PAGE
    copy_page(workspace, "4", folder, DRIFT)
    copied = (folder / MODEL_PAGE).read_text(encoding="utf-8")
    kept = page.read_text(encoding="utf-8")
    assert copied == beside_list(kept, DRIFT)
    without_drift = copied.replace(section(DRIFT), "<!-- drift -->").replace(
        '<li><a href="#drift">drift</a></li>', "<!-- to drift -->"
    )
    assert without_drift == kept.replace('index.html" hidden>', 'index.html">')
    assert kept.count('index.html" hidden>') == 1
    assert copied.count('href="index.html">') == 1
    assert f'href="{LEAKS}"' in copied


def test_the_list_links_the_page_that_lies_beside_it(tmp_path: Path) -> None:
    day, link = DayList("shop", "b2b", date(2026, 3, 9), 25, "Ranked.", (), ()), f'href="{MODEL_PAGE}"'
    write_list(tmp_path, day)
    assert link not in (tmp_path / "index.html").read_text(encoding="utf-8")
    (tmp_path / MODEL_PAGE).write_text(page_html(MODEL, LEAKS), encoding="utf-8")
    write_list(tmp_path, day)
    assert link in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_the_page_kept_with_the_run_points_to_the_report_kept_there() -> None:
    assert 'href="leaks/index.html"' in kept_text(MODEL)[MODEL_PAGE]
