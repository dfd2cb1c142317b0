"""Writes a day's list: the page that sales opens and the tables that go into other programs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from features.languages import Voice, voice_of
from pipelines.beside import beside
from pipelines.lists.day import DayList, Line
from pipelines.lists.packed import packed
from pipelines.lists.page_words import page_words, script_of
from pipelines.lists.plain import clipped
from pipelines.lists.right_now import shown, write_right_now
from pipelines.lists.row import Row, full_bar, rows
from pipelines.lists.shared import Shared, shared_reasons
from pipelines.lists.sheets import add_skipped, write_sheets
from pipelines.lists.site import LEADS, pages_in
from pipelines.lists.words import weekday_says
from pipelines.lists.workbook import write_workbook
from pipelines.pages import content_hash, templates

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Board:
    """A table of the page; columns: those with anything to show (key: heading); full: the chance that fills a bar.

    linked: whether each row has a page of its own, leads/KEY.html.
    """

    key: str
    rows: list[Row]
    columns: dict[str, str]
    full: float
    linked: bool = False

    @property
    def data(self) -> str:
        """The rows as the script of the page reads them."""
        return packed(self.rows)


def write_list(folder: Path, day: DayList, write_more: Callable[[Sequence[Line]], None] = lambda listed: None) -> None:
    """Writes index.html, call.csv, nurture.csv, skip.csv, keep.csv, right_now.csv and list.xlsx into an existing folder.

    The page is one file that asks nothing of any host; it links to the other pages that lie in the folder, which write_more may put there
    from the lines that are listed. The tables are described in sheets.write_sheets and right_now.write_right_now, the workbook in
    workbook.write_workbook.
    """
    listed, skipped = write_sheets(folder, day.as_of, chain(day.lines, day.customers))
    with beside(lambda: add_skipped(folder, day.skipped)) as added:
        write_right_now(folder, day.as_of, day.right_now)
        write_workbook(folder, voice_of(day.language))
        write_more(listed)
        skipped += added()
    page = page_html(day, [line for line in listed if line.band != "keep"], skipped, folder)
    (folder / "index.html").write_bytes(page.encode("utf-8"))


def page_html(day: DayList, open_lines: Sequence[Line], skipped: int, folder: Path | None = None) -> str:
    """The page of a day: its open_lines to call or nurture, its customers, and how many leads were skipped.

    folder: where the other pages lie that it links to; None: there are none.
    """
    voice = voice_of(day.language)
    style = "".join((HERE / name).read_text(encoding="utf-8") for name in ("list.css", "right_now.css"))
    script = script_of(HERE, voice)
    site = pages_in(folder, voice) if folder else {}
    has_pages = folder is not None and (folder / LEADS).is_dir()
    shared = shared_reasons(open_lines)
    leads = _board("leads", open_lines, day.stages, voice, shared, linked=has_pages)
    customers = _board("customers", day.customers, (), voice, (), linked=has_pages)
    return (
        templates(HERE)
        .get_template("list.html.j2")
        .render(
            day=day,
            blank=Row(),
            title=weekday_says(day.as_of, voice),
            leads=leads,
            customers=customers,
            shared=[replace(one, says=clipped(one.says)) for one in shared],
            skipped=skipped,
            urgent=shown(day.right_now, voice),
            site=site if len(site) > 1 else {},
            owners=sorted({row.owner for row in chain(leads.rows, customers.rows)} - {""}),
            letters=sorted({row.letter for row in leads.rows} - {""}),
            countries=sorted({row.country for row in chain(leads.rows, customers.rows)} - {""}),
            stages=[stage for _, stage in sorted({(row.stage_place, row.stage) for row in leads.rows}) if stage],
            style=style,
            script=script,
            style_hash=content_hash(style),
            script_hash=content_hash(script),
            **page_words(voice),
        )
    )


def _board(
    key: str, lines: Sequence[Line], stages: tuple[str, ...], voice: Voice, shared: Sequence[Shared], *, linked: bool
) -> Board:
    boarded, is_of_leads = rows(lines, stages, voice, shared), key == "leads"
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
    return Board(key, boarded, kept, full_bar(line.chance for line in lines), linked)
