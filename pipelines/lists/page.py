"""Writes a day's list: the page that sales opens and the tables that go into other programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from features.languages import Voice, voice_of
from pipelines.lists.day import DayList, Line
from pipelines.lists.page_words import page_words, script_of
from pipelines.lists.right_now import shown, write_right_now
from pipelines.lists.row import Row, full_bar, rows
from pipelines.lists.sheets import write_sheets
from pipelines.lists.words import weekday_says
from pipelines.lists.workbook import write_workbook
from pipelines.pages import content_hash, templates

HERE = Path(__file__).parent
MODEL_PAGE = "model.html"
ENDS_OR_OPENS_MARKUP = "<>&\u2028\u2029"


@dataclass(frozen=True)
class Board:
    """A table of the page; columns: those with anything to show (key: heading); full: the chance that fills a bar."""

    key: str
    rows: list[Row]
    columns: dict[str, str]
    full: float

    @property
    def data(self) -> str:
        """The rows as JSON, one a line, that cannot end the script element they stand in."""
        lines = (json.dumps(vars(row), default=vars, ensure_ascii=False, allow_nan=False) for row in self.rows)
        data = "[\n" + ",\n".join(lines) + "\n]"
        for mark in ENDS_OR_OPENS_MARKUP:
            data = data.replace(mark, f"\\u{ord(mark):04x}")
        return data


def write_list(folder: Path, day: DayList) -> None:
    """Writes index.html, call.csv, nurture.csv, skip.csv, keep.csv, right_now.csv and list.xlsx into an existing folder.

    The page is one file that asks nothing of any host; where a model page lies in the folder, it is linked. The tables are described in
    sheets.write_sheets and right_now.write_right_now, the workbook in workbook.write_workbook.
    """
    listed, skipped = write_sheets(folder, day.as_of, chain(day.lines, day.customers), day.skipped)
    write_right_now(folder, day.as_of, day.right_now)
    write_workbook(folder)
    model_page = MODEL_PAGE if (folder / MODEL_PAGE).is_file() else ""
    page = page_html(day, [line for line in listed if line.band != "keep"], skipped, model_page)
    (folder / "index.html").write_bytes(page.encode("utf-8"))


def page_html(day: DayList, open_lines: Sequence[Line], skipped: int, model_page: str = "") -> str:
    """The page of a day: its open_lines to call or nurture, its customers, and how many leads were skipped.

    model_page: where the page of the model lies, seen from this one; empty where there is none.
    """
    voice = voice_of(day.language)
    style = "".join((HERE / name).read_text(encoding="utf-8") for name in ("list.css", "right_now.css"))
    script = script_of(HERE, voice)
    leads = _board("leads", open_lines, day.stages, voice)
    customers = _board("customers", day.customers, (), voice)
    return (
        templates(HERE)
        .get_template("list.html.j2")
        .render(
            day=day,
            blank=Row(),
            title=weekday_says(day.as_of, voice),
            leads=leads,
            customers=customers,
            skipped=skipped,
            urgent=shown(day.right_now, voice),
            model_page=model_page,
            owners=sorted({row.owner for row in chain(leads.rows, customers.rows)} - {""}),
            stages=[stage for _, stage in sorted({(row.stage_place, row.stage) for row in leads.rows}) if stage],
            style=style,
            script=script,
            style_hash=content_hash(style),
            script_hash=content_hash(script),
            **page_words(voice),
        )
    )


def _board(key: str, lines: Sequence[Line], stages: tuple[str, ...], voice: Voice) -> Board:
    boarded, is_of_leads = rows(lines, stages, voice), key == "leads"
    columns = {
        "rank": "Rank",
        "name": "Lead" if is_of_leads else "Customer",
        "company": "Company",
        "owner": "Owner",
        "stage": "Stage",
        "chance": "Chance",
        "value": "Expected value" if is_of_leads else "Expected loss",
        "reasons": "Why",
    }
    empty = [name for name in columns if not any(getattr(row, name) not in ("", None, ()) for row in boarded)]
    kept = {name: voice.say(says) for name, says in columns.items() if name == "chance" or name not in empty}
    return Board(key, boarded, kept, full_bar(line.chance for line in lines))
