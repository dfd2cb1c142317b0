"""Writes the pages beside a day's list, from one look into the lake for all of its leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.languages import voice_of
from pipelines.lists.day import DayList, Line
from pipelines.lists.page_words import page_words
from pipelines.lists.plain import clipped
from pipelines.lists.row import rows
from pipelines.lists.site import ACCOUNTS, LEADS, RECEIPTS, pages_in
from pipelines.lists.words import out_of, weekday_says
from pipelines.pages import content_hash, templates
from pipelines.site.accounts import Account, accounts_of, shared_accounts
from pipelines.site.behind import Behind
from pipelines.site.history import read_known
from pipelines.site.leads import LeadPage, lead_pages
from pipelines.site.receipts import Settled, settled_of

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Site:
    """All pages beside a list: accounts in their order, how many more there are, what came of earlier lists, and a page for each lead."""

    accounts: Sequence[Account]
    left: int
    settled: Settled | None
    leads: Sequence[LeadPage]


def write_site(folder: Path, day: DayList, shown: Sequence[Line], behind: Behind) -> None:
    """Writes the pages of a list's shown lines into its folder; see write_pages."""
    write_pages(folder, day, site_of(day, shown, behind))


def site_of(day: DayList, shown: Sequence[Line], behind: Behind) -> Site:
    """What the pages say, by what was known at midnight (UTC) of the day."""
    voice, lines = behind.job.voice, _once(shown)
    shared = shared_accounts(behind, lines)
    known = read_known(behind.job, [line.lead_id for line in lines], shared.scores["lead_id"])
    size = out_of(line.chance for line in lines if line.band != "keep")
    accounts = accounts_of(behind, shared, known, {line.lead_id for line in lines}, size)
    pages = lead_pages(behind, lines, rows(lines, day.stages, voice), known, accounts)
    return Site([accounts[name] for name in shared.on_page], shared.left, settled_of(behind.job), pages)


def write_pages(folder: Path, day: DayList, site: Site) -> None:
    """Writes leads/KEY.html for each lead, accounts.html and, where lists have been settled, receipts.html.

    KEY is line_key of the lead, so that no file is named after anybody. The pages run no script and ask nothing of any host.
    """
    files = [ACCOUNTS, *([RECEIPTS] if site.settled else [])]
    for name in files:
        (folder / name).touch()  # so that every page links to all of them
    page = _Pages(folder, day)
    page.write(ACCOUNTS, "accounts.html.j2", {"accounts": site.accounts, "left": site.left})
    if site.settled:
        page.write(RECEIPTS, "receipts.html.j2", {"settled": site.settled})
    (folder / LEADS).mkdir()
    for lead in site.leads:
        page.write(f"{LEADS}/{lead.row.key}.html", "lead.html.j2", {"page": lead})


class _Pages:
    """Writes pages that share their style, their words and the links to each other."""

    def __init__(self, folder: Path, day: DayList) -> None:
        voice, style = voice_of(day.language), (HERE / "site.css").read_text(encoding="utf-8")
        self._folder, self._environment = folder, templates(HERE)
        self._environment.filters["clipped"] = clipped
        self._environment.globals |= {
            "language": day.language,
            "project": day.project,
            "funnel": day.funnel,
            "title": weekday_says(day.as_of, voice),
            "site": pages_in(folder, voice),
            "style": style,
            "style_hash": content_hash(style),
            **page_words(voice),
        }

    def write(self, name: str, template: str, told: Mapping[str, object]) -> None:
        text = self._environment.get_template(template).render(told)
        (self._folder / name).write_bytes(text.encode("utf-8", "replace"))


def _once(shown: Sequence[Line]) -> list[Line]:
    """The lines without those of leads that stand further to the front already."""
    first = {line.lead_id: line for line in reversed(shown)}
    return [line for line in shown if first[line.lead_id] is line]
