"""The files of the export and their columns as a CRM would call them, with the leads and the costs that are in them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.demo.market import NAMES, SOURCE_SHARES, Market, dice_for
from pipelines.sources.demo.names import PEOPLE, company_names
from pipelines.sources.demo.sheet import (
    Cells,
    Columns,
    Sheet,
    Values,
    always,
    dates,
    flags,
    labels,
    moments,
    named,
    numbers,
    texts,
    whole,
)  # fmt: skip
from pipelines.sources.demo.state import Leads
from pipelines.sources.demo.words import (
    AGENTS,
    CAMPAIGNS,
    COUNTRIES,
    FIELDS,
    HAPPENINGS,
    PAGES,
    PLANS,
    ROLES,
    SEGMENTS,
    SOURCES,
    STAGE_LABELS,
    UNKNOWN_ROLE,
)  # fmt: skip

DAY_S = 86_400
LEADS_AT_ONCE = 100_000
COST_A_LEAD = {"ads": 60.0, "event": 140.0, "bought_list": 18.0, "website": 9.0}
EURO = always("EUR")


def open_sheets(market: Market, folder: Path) -> dict[str, Sheet]:
    """The files of the export in a folder, empty and open."""
    tables = {"leads": _leads(market), "spend": _spend(market), **_logs(market)}
    return {name: Sheet(folder / f"{name}.parquet", columns) for name, columns in tables.items()}


def lead_numbers(market: Market) -> Cells:
    """Leads in the order in which they come to their identifiers, L000000 for the first."""
    return named([f"L{number:06d}" for number in range(market.company.leads)])


def times(market: Market) -> Cells:
    """Seconds after the company's first midnight to times in UTC; a negative number is an empty cell."""
    return moments(int(np.datetime64(market.first_day, "us").astype(np.int64)))


def _owners(market: Market) -> list[str]:
    return [f"o{owner:02d}" for owner in range(len(market.speeds))]


def _leads(market: Market) -> Columns:
    accounts = len(market.accounts.share)
    return {
        "lead_no": ("lead", lead_numbers(market)),
        "created_on": ("at", times(market)),
        "account_no": ("account", named([f"A{number:05d}" for number in range(accounts)])),
        "owner": ("owner", labels(_owners(market))),
        "lead_source": ("source", labels(SOURCES)),
        "deal_value": ("amount", numbers),
        "currency": ("lead", EURO),
        "contact": ("person", named(PEOPLE)),
        "company_name": ("account", named(company_names(accounts))),
        "country_code": ("country", labels(COUNTRIES)),
        "industry": ("segment", labels(SEGMENTS)),
        "job_role": ("role", labels(ROLES)),
        "headcount": ("employees", whole),
    }


def _spend(market: Market) -> Columns:
    return {
        "day": ("day", dates(np.datetime64(market.first_day, "D"))),
        "medium": ("source", labels(SOURCES)),
        "cost": ("cost", numbers),
        "currency": ("day", EURO),
    }


def _logs(market: Market) -> dict[str, Columns]:
    kinds = tuple(HAPPENINGS.values())
    when = times(market)
    lead = ("lead", lead_numbers(market))
    return {
        "stage_moves": {"lead_no": lead, "entered_on": ("at", when), "stage_label": ("stage", labels(STAGE_LABELS))},
        "touches": {
            "lead_no": lead,
            "occurred_on": ("at", when),
            "activity": ("kind", labels([kind.kind for kind in kinds])),
            "medium": ("kind", labels([kind.channel for kind in kinds])),
            "way": ("kind", labels([kind.direction for kind in kinds])),
            "minutes": ("minutes", numbers),
            "page": ("page", labels(PAGES)),
            "campaign": ("campaign", labels(CAMPAIGNS)),
            "colleague": ("colleague", labels(_owners(market))),
            "user_agent": ("agent", labels(AGENTS)),
        },
        "field_changes": {
            "lead_no": lead,
            "changed_on": ("at", when),
            "field_name": ("field", labels(FIELDS)),
            "new_value": ("value", texts),
        },
        "purchases": {
            "lead_no": lead,
            "paid_on": ("at", when),
            "product": ("plan", labels(PLANS)),
            "price": ("amount", numbers),
            "currency": ("lead", EURO),
            "valid_until": ("ends", when),
        },
        "consents": {
            "lead_no": lead,
            "said_on": ("at", when),
            "subject": ("lead", always("sales")),
            "opted_in": ("granted", flags),
        },
    }


def write_leads(market: Market, leads: Leads, created_s: NDArray[np.int64], sheet: Sheet) -> None:
    """All leads as first seen; created_s is in seconds after the first midnight."""
    dice = dice_for(market.company, NAMES)
    for first in range(0, leads.size, LEADS_AT_ONCE):
        some = slice(first, first + LEADS_AT_ONCE)
        account = leads.account[some]
        sheet.add(
            {
                "lead": leads.lead[some],
                "at": created_s[some],
                "account": account,
                "owner": leads.owner[some],
                "source": leads.source[some],
                "amount": leads.amount[some],
                "person": dice.integers(len(PEOPLE), size=len(account)),
                "country": market.accounts.country[account],
                "segment": market.accounts.segment[account],
                "role": np.where(leads.role[some] == UNKNOWN_ROLE, -1, leads.role[some]),
                "employees": leads.employees[some],
            }
        )


def write_spend(market: Market, sheet: Sheet) -> None:
    """What each day cost: advertising and content every day, events and bought lists on the first of a month."""
    dice = dice_for(market.company, NAMES, 1)
    day = np.arange(market.days)
    month = (np.datetime64(market.first_day, "D") + day).astype("datetime64[M]")
    first_of_month = np.r_[True, month[1:] != month[:-1]]
    a_month = np.bincount(np.cumsum(first_of_month) - 1, market.busy)
    parts: list[dict[str, Values]] = []
    for name, cost in COST_A_LEAD.items():
        monthly = name in ("event", "bought_list")
        code = SOURCES.index(name)
        days, busy = (day[first_of_month], a_month) if monthly else (day, market.busy)
        usual = cost * SOURCE_SHARES[code] * market.company.leads * busy
        noise = np.exp(dice.normal(0, 0.15, len(days)))
        parts.append({"day": days, "source": np.full(len(days), code), "cost": (usual * noise).round(2)})
    rows = {key: np.concatenate([part[key] for part in parts]) for key in ("day", "source", "cost")}
    order = np.argsort(rows["day"], kind="stable")
    sheet.add({key: values[order] for key, values in rows.items()})
