"""A made-up leak report comes out, as a page and as JSON, byte for byte as it was last agreed."""

from datetime import date
from pathlib import Path

import pytest

from features.evidence import Finding
from models.leaks import Graded, LeakReport, WithAndWithout
from pipelines.leaks.page import texts, write_report
from pipelines.store import Workspace
from tests.agreed import agreed

FILLED = "is filled for 412 leads while they were open, and 100% of them were won; of the other 1,088 leads 4% were"
REPORT = LeakReport(
    project="shop <b>",
    day=date(2026, 3, 9),
    columns=(
        Graded(
            "has_contract_ever",
            "banned",
            (
                Finding("missingness", "banned", FILLED, {"leads": 412, "share_won": 1.0, "share_won_of_others": 0.04}),
                Finding(
                    "auc",
                    "suspect",
                    "alone ranks win with AUC 0.912, far above the best of the rest (0.704)",
                    {"auc": 0.912, "auc_of_the_rest": 0.704},
                ),
            ),
            ("field contract_no",),
            {"progress": 0.61, "win": 0.912},
        ),
        Graded(
            "status_ever",
            "suspect",
            (Finding("stage_copy", "suspect", "says <script>what</script> the stage says", {"values": 9}),),
            ("field status",),
            {"progress": 0.55, "win": 0.6},
            allowed=True,
        ),
        Graded("calls_7d", "safe", (), ("touches call",), {"progress": 0.58, "win": 0.704}),
    ),
    fields=(
        Graded(
            "closed_on",
            "banned",
            (Finding("after_outcome", "banned", "changes only when the lead is won or lost", {}),),
        ),
        Graded("language", "safe", ()),
    ),
    notes=(
        "field_edits_14d count field contract_no among others; take it out of the source, or they count what is banned.",
    ),
    suspicion=(WithAndWithout("win", 0.8123, 0.8119),),
)


@pytest.mark.parametrize("name", ["index.html", "report.json"])
def test_the_report_is_as_agreed(name: str) -> None:
    made = texts(REPORT)[name].encode()
    assert made == agreed(f"leaks/{name}", made)


def test_the_page_asks_nothing_of_anybody_and_takes_no_markup_from_data() -> None:
    page = texts(REPORT)["index.html"]
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page
    assert "shop &lt;b&gt;" in page
    assert "default-src 'none'" in page


def test_a_clean_report_says_so() -> None:
    clean = LeakReport("shop", date(2026, 3, 9), (REPORT.columns[-1],), ())
    page = texts(clean)["index.html"]
    assert "Nothing speaks against any column." in page
    assert "With and without" not in page


def test_the_files_stand_in_the_folder_of_their_day(tmp_path: Path) -> None:
    page = write_report(Workspace(tmp_path), REPORT)
    assert page == tmp_path / "leaks" / "2026-03-09" / "index.html"
    assert page.read_text(encoding="utf-8") == texts(REPORT)["index.html"]


def test_what_is_said_begins_with_the_worst() -> None:
    after = "alone ranks win with AUC 0.912, far above the best of the rest (0.704)"
    assert REPORT.columns[0].says == f"has_contract_ever {FILLED}; it {after}"
    assert REPORT.kept_out == {"has_contract_ever"}
    assert REPORT.doubted == frozenset()
