"""Puts the leads of one account together: its chance, who is active there, whom to call first and who works it."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import pandas as pd

from models.accounts import account_chances
from models.holdout import HELD
from pipelines.lists.day import Line
from pipelines.lists.plain import clipped
from pipelines.lists.row import full_bar, line_key
from pipelines.lists.words import frequency
from pipelines.site.behind import Behind
from pipelines.site.history import Known
from pipelines.site.words import readable

MOST_ACCOUNTS = 300
MOST_COLLEAGUES = 12
NO_ROLE = "role not known"
SHOWN = ("lead_id", "account_id", "cohort", "rank", "explained", "stage", "owner_id", "band")


@dataclass(frozen=True)
class Colleague:
    """A lead or customer of an account in words; page: whether it has one, by its key; says: its chance, empty where that is withheld."""

    key: str
    name: str
    role: str
    owner: str
    stage: str
    band: str
    says: str
    active: bool
    page: bool


@dataclass(frozen=True)
class Account:
    """An account: its colleagues, those to call first at the front, and what is said of them together.

    keys: of its colleagues that are shown. more: how many are not. first:
    whom to call first, None where nobody is open; why: its first reason.
    """

    account_id: str
    name: str
    says: str
    bar: float
    keys: str
    open_leads: int
    active: str
    owners: tuple[str, ...]
    colleagues: tuple[Colleague, ...]
    more: int
    first: Colleague | None
    why: str


@dataclass(frozen=True)
class Shared:
    """Accounts with at least two leads or customers, one of them open.

    scores: of all that belong to the accounts on the page or to that of a line. on_page: account ids, the likeliest first; left: how many
    more there are.
    """

    scores: pd.DataFrame
    on_page: Sequence[str]
    left: int


def shared_accounts(behind: Behind, lines: Sequence[Line]) -> Shared:
    """The accounts of a day: the MOST_ACCOUNTS likeliest for the page, and those of all lines."""
    head = behind.head_of("open")
    told = [name for name in ("lead_id", "account_id", "cohort", "rank", head) if name in behind.scores]
    scores = behind.scores.loc[behind.scores["account_id"].fillna("").astype(str).str.strip() != "", told]
    is_open = scores["cohort"] == "open"
    several = scores.groupby("account_id")["lead_id"].transform("nunique") >= 2
    order = _order(scores[is_open & several], head, ranks_only=head in behind.withheld)
    on_page = order[:MOST_ACCOUNTS]
    of_lines = scores.loc[several & scores["account_id"].isin({line.account_id for line in lines}), "account_id"]
    wanted = behind.scores["account_id"].isin({*on_page, *of_lines})
    shown = [name for name in (*SHOWN, head, behind.head_of("customer")) if name in behind.scores]
    return Shared(behind.scores.loc[wanted, shown], on_page, len(order) - len(on_page))


def _order(scores: pd.DataFrame, head: str, *, ranks_only: bool) -> list[str]:
    """The accounts of open leads, the likeliest first, of equals that of the better rank; by rank alone where chances are withheld."""
    if scores.empty or head not in scores:
        return []
    best = scores.groupby("account_id")["rank"].min()
    chances = account_chances(scores[head], scores["account_id"]).reindex(best.index)
    by = pd.DataFrame({"chance": 0.0 if ranks_only else -chances, "rank": best})
    order: list[str] = by.sort_values(["chance", "rank"]).index.to_numpy(dtype=object).tolist()
    return order


def accounts_of(behind: Behind, shared: Shared, known: Known, listed: Collection[str], size: int) -> dict[str, Account]:
    """The accounts in words, by account_id; listed: the leads that have a page, size: what chances are counted out of."""
    scores, head = shared.scores, behind.head_of("open")
    chances: dict[str, float] = {}
    if head in scores and head not in behind.withheld:
        of_open = scores[head].where(scores["cohort"] == "open")
        found = account_chances(of_open, scores["account_id"])
        chances = dict(zip(map(str, found.index), found.tolist(), strict=True))
    full, teller = full_bar(chances.values()), _Teller(behind, known, listed, size)
    return {
        str(name): teller.account(str(name), rows, chances.get(str(name)), full)
        for name, rows in scores.groupby("account_id", sort=False)
    }


@dataclass(frozen=True)
class _Teller:
    """Puts accounts and their people into words."""

    behind: Behind
    known: Known
    listed: Collection[str]
    size: int

    def account(self, account_id: str, rows: pd.DataFrame, chance: float | None, full: float) -> Account:
        ordered = rows.sort_values(["cohort", "rank"], ascending=[False, True])  # open leads stand before customers
        leads = [str(lead) for lead in ordered["lead_id"]]
        people = [self.colleague(row) for row in ordered.head(MOST_COLLEAGUES).to_dict("records")]
        open_leads = int((ordered["cohort"] == "open").sum())
        reasons = self.behind.explanations[int(ordered["explained"].iloc[0])].reasons_for
        return Account(
            account_id=clipped(account_id),
            name=self._name(account_id, leads[:MOST_COLLEAGUES]),
            says="" if chance is None else frequency(chance, self.size, self.behind.job.voice),
            bar=0.0 if chance is None else round(100 * chance / full, 1),
            keys=" ".join(one.key for one in people),
            open_leads=open_leads,
            active=self._active_says(leads),
            owners=tuple(sorted({clipped(str(owner)) for owner in ordered["owner_id"].dropna()} - {""})),
            colleagues=tuple(people),
            more=len(leads) - len(people),
            first=people[0] if open_leads else None,
            why=clipped(reasons[0].says) if reasons and open_leads else "",
        )

    def _name(self, account_id: str, leads: Iterable[str]) -> str:
        companies = (self.known.people[lead].company for lead in leads if lead in self.known.people)
        return clipped(next((company for company in companies if company.strip()), account_id))

    def _active_says(self, leads: Sequence[str]) -> str:
        """'2 of 3 active in the last 30 days: Buyer, Manager'."""
        voice, people = self.behind.job.voice, self.known.people
        active = [lead for lead in leads if lead in self.known.active]
        roles = Counter(people[lead].role if lead in people else "" for lead in active)
        counts = [voice.figures(f"{len(some):,}") for some in (active, leads)]
        told = voice.say("{count} of {all} active in the last 30 days", count=counts[0], all=counts[1])
        names = [(readable(role) or voice.say(NO_ROLE), count) for role, count in roles.most_common()]
        listed = [name if count == 1 else f"{name} ({count})" for name, count in names]
        return f"{told}: {', '.join(listed)}" if any(roles) else told

    def colleague(self, row: Mapping[Hashable, object]) -> Colleague:
        lead_id, stage = str(row["lead_id"]), str(row["stage"])
        head, person = self.behind.head_of(str(row["cohort"])), self.known.people.get(lead_id)
        chance = float(str(row[head])) if head in row and head not in self.behind.withheld else nan
        return Colleague(
            key=line_key(lead_id),
            name=clipped(person.name if person and person.name.strip() else lead_id),
            role=readable(person.role) if person else "",
            owner=clipped(row["owner_id"]) if isinstance(row["owner_id"], str) else "",
            stage=clipped(self.behind.job.project.funnel.stage_words.get(stage, stage)),
            band="skip" if row["band"] == HELD else str(row["band"]),
            says=frequency(chance, self.size, self.behind.job.voice),
            active=lead_id in self.known.active,
            page=lead_id in self.listed,
        )
