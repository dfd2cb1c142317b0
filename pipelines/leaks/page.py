"""Writes the leak report: one page that opens from disk and asks nothing of any host, and the same as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from features.evidence import GRADES, Finding
from models.leaks import Graded, LeakReport
from pipelines.pages import content_hash, templates
from pipelines.store import Workspace, write_beside

HERE = Path(__file__).parent
PAGE, DATA = "index.html", "report.json"


def texts(report: LeakReport) -> Mapping[str, str]:
    """The files of a report by name: the page and the JSON; the same report gives the same text."""
    return {PAGE: page_html(report), DATA: report_json(report)}


def write_report(workspace: Workspace, report: LeakReport) -> Path:
    """Writes leaks/DAY/index.html and report.json, and returns the path of the page."""
    target = workspace.leaks / str(report.day)
    with write_beside(target) as folder:
        folder.mkdir()
        for name, text in texts(report).items():
            (folder / name).write_bytes(text.encode("utf-8"))
    return target / PAGE


def report_json(report: LeakReport) -> str:
    """project, day, counts by grade, columns, fields that no column reads, notes, and each head with and without the suspects.

    AUCs lie from 0.5 to 1, shares from 0 to 1.
    """
    said = {
        "project": report.project,
        "day": str(report.day),
        "counts": {grade: len(report.of(grade)) for grade in GRADES},
        "columns": [_graded(column) for column in report.columns],
        "fields": [_graded(field) for field in report.fields],
        "notes": list(report.notes),
        "without_suspects": [vars(head) for head in report.suspicion],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def page_html(report: LeakReport) -> str:
    """The page: what was found on each column, the worst first."""
    style = (HERE / "leaks.css").read_text(encoding="utf-8")
    found = [column for column in report.columns if column.evidence]
    return (
        templates(HERE)
        .get_template("leaks.html.j2")
        .render(
            report=report,
            found=found,
            fields=[field for field in report.fields if field.evidence],
            safe=[column for column in report.columns if not column.evidence],
            heads=list(dict.fromkeys(head for column in report.columns for head in (column.auc or {}))),
            style=style,
            style_hash=content_hash(style),
        )
    )


def _graded(graded: Graded) -> dict[str, object]:
    return {
        "name": graded.name,
        "grade": graded.grade,
        "allowed": graded.allowed,
        "reads": list(graded.reads),
        "auc": {head: round(auc, 4) for head, auc in (graded.auc or {}).items()},
        "evidence": [_evidence(one) for one in graded.evidence],
    }


def _evidence(one: Finding) -> dict[str, object]:
    figures = {name: round(float(value), 4) for name, value in one.figures.items()}
    return {"kind": one.kind, "grade": one.grade, "says": one.says, "figures": figures}
