"""A made-up day's list, page and tables, comes out byte for byte as it was last agreed."""

from datetime import date
from pathlib import Path

import pytest

from models.reasons import Reason
from pipelines.lists.day import Band, DayList, Line
from pipelines.lists.page import write_list
from pipelines.lists.words import chance_says, expected_says
from tests.agreed import agreed

DAY, PROGRESS_BY, WIN_BY, LEAVE_BY = date(2026, 3, 9), date(2026, 3, 23), date(2026, 8, 24), date(2026, 4, 8)
STAGES = ("New", "Contacted", "Meeting held", "Offer sent", "Negotiation")
REASONS = {
    "pricing": "Opened the pricing page {} times in the last 7 days",
    "reply": "Answered our last mail within {} hours",
    "demo": "Watched the product demo to the end",
    "form": "Asked for a call through the contact form",
    "meeting": "Had {} meetings in the last 30 days",
    "account": "{} colleagues of the same company were active this week",
    "trial": "Used the trial on {} days of the last 14",
    "source": "Came through a partner",
    "silent": "Has not answered our last {} mails",
    "stale": "Has been in this stage for {} days, longer than usual",
    "budget": "No budget is known yet",
    "postponed": "A meeting was postponed {} times",
    "login": "Logged in on only {} days of the last 30",
    "tickets": "Opened {} support tickets in the last 30 days",
    "renewal": "The subscription ends in {} days",
    "growing": "Uses {} seats more than a quarter ago",
}
# name, company, owner, stage, chance of progress (a customer: of leaving), chance of a win, amount
# reasons for and against: feature, number in its sentence, points
OPEN = """
Marta Lindqvist|Fjordkraft Energi AS|Anna Berg|Negotiation|0.71|0.58|24000
pricing 6 19, reply 2 12, meeting 3 8|stale 41 -3
Tomás Ferreira|Azulejo Logística|Jonas Weiss|Offer sent|0.64|0.41|31000
trial 11 17, account 4 11, reply 5 6|postponed 2 -6, budget - -2
Priya Raghunathan|Blue Lotus Textiles|Anna Berg|Negotiation|0.66|0.52|18500
meeting 4 16, pricing 3 9, source - 4|
Hélène Dubois|Maison Dubois & Filles|Sofia Marin|Offer sent|0.59|0.36|22000
pricing 4 14, form - 9, demo - 5|silent 2 -4
Oluwaseun Adeyemi|Lagos Freight Partners|Jonas Weiss|Meeting held|0.52|0.28|26500
account 5 15, trial 8 10, reply 3 7|budget - -5
Katarzyna Nowak|Nowak Precyzja Sp. z o.o.|Sofia Marin|Offer sent|0.55|0.38|17000
reply 3 13, meeting 2 9|stale 33 -5
Ben O'Connell|Harbour & Pine|Anna Berg|Meeting held|0.47|0.25|22500
form - 18, pricing 2 7, demo - 4|silent 2 -2
Yuki Tanaka|Minato Robotics K.K.|Sofia Marin|Meeting held|0.44|0.22|24000
trial 13 21, demo - 6|postponed 2 -4, stale 28 -3
Lars-Erik Holm|+plus Installationer|Jonas Weiss|Contacted|0.38|0.19|21000
pricing 5 16, source - 5|budget - -4
Zeynep Arslan|Arslan Tekstil|Anna Berg|Contacted|0.36|0.16|19500
form - 15, reply 6 5|silent 2 -6
Gareth Pugh|Pugh Brothers Roofing|Sofia Marin|Meeting held|0.41|0.24|11800
meeting 2 12, reply 8 4|stale 24 -3
Noor van der Velde|Polderwind Coöperatie U.A.|Jonas Weiss|Contacted|0.31|0.13|20000
account 3 11, demo - 5|budget - -4
Ibrahim Sowah|Accra Cold Chain|Anna Berg|Contacted|0.24|0.10|16000
pricing 2 9|silent 3 -7
Elena Popescu|Carpați Software|Sofia Marin|New|0.21|0.08|17500
source - 7, demo - 4|budget - -5
William Achterberg-Montgomery|Achterberg Montgomery Advisory|Jonas Weiss|New|0.18|0.07|15000
form - 8|silent 2 -3
Sanna Mäkelä|Saimaa Paper Oy|Anna Berg|New|0.14|0.05|14000
pricing 2 4|stale 36 -6, budget - -4
Diego Álvarez|Cordillera Vinos|Sofia Marin|New|0.09|0.03|12500
source - 2|silent 4 -9
Chloe Bennett|Bennett Interiors|Jonas Weiss|New|0.06|0.02|9000
|silent 5 -11, stale 58 -6
Pavel Horák|Horák a synové|Anna Berg|Contacted|0.03|0.01|8000
|silent 6 -14, stale 83 -7
"""
CUSTOMERS = """
Astrid Nygaard|Nordlys Hotels|Sofia Marin|Customer|0.46|-|9600
login 2 22, renewal 19 9|growing 3 -2
Michael Brandt|Brandt Maschinenbau GmbH|Anna Berg|Customer|0.33|-|7200
tickets 6 14, login 5 8|
Rosa Jiménez|Clínica del Mar|Jonas Weiss|Customer|0.21|-|5400
renewal 26 9, tickets 3 4|growing 4 -6
"""


def made_up_day() -> DayList:
    """Twelve calls, five to nurture, two to skip and three customers of a company that does not exist."""
    lines = _lines(OPEN)
    calls = [line for line in lines if line.band == "call"]
    worth = sum(line.expected_value or 0.0 for line in calls)
    wins = sum(line.chances["win"] for line in calls)
    return DayList(
        project="Demo company",
        funnel="B2B sales",
        as_of=DAY,
        capacity=len(calls),
        ranked_by="Ranked by expected value: the chance of a win times what the deal is worth.",
        lines=lines,
        customers=_lines(CUSTOMERS, "keep"),
        expected=expected_says(len(calls), wins, "win", WIN_BY, DAY, {"EUR": worth}),
        stages=STAGES,
    )


def _lines(rows: str, band: Band | None = None) -> tuple[Line, ...]:
    facts, reasons = rows.strip().splitlines()[::2], rows.strip().splitlines()[1::2]
    both = enumerate(zip(facts, reasons, strict=True), start=1)
    return tuple(_line(place, fact, reason, band or _band(place)) for place, (fact, reason) in both)


def _band(place: int) -> Band:
    return "call" if place <= 12 else "nurture" if place <= 17 else "skip"


def _line(place: int, facts: str, reasons: str, band: Band) -> Line:
    name, company, owner, stage, chance, win, amount = facts.split("|")
    pros, cons = reasons.split("|")
    first, likely = ("C" if band == "keep" else "L"), float(chance)
    until = LEAVE_BY if band == "keep" else PROGRESS_BY
    return Line(
        rank=place,
        lead_id=f"{first}-{10_000 + 37 * place}",
        moved="Up 12 points since yesterday: Had 3 meetings in the last 30 days +9, time passing +3."
        if place == 1
        else "",
        helps="Leads like this one were won more often after a meeting: 42 of 100 against 25 of 100."
        if place == 1
        else "",
        send="Worth a mail: a case from the same trade" if band == "nurture" else "",
        feedback="You accepted it on 6 March." if place == 1 else "",
        name=name,
        company=company,
        account_id=f"A-{2_000 + 11 * place}",
        owner_id=owner,
        stage=stage,
        band=band,
        chance=likely,
        chance_says=chance_says(likely, "churn" if band == "keep" else "progress", until, DAY),
        chances={"churn": likely} if band == "keep" else {"progress": likely, "win": float(win)},
        fit=None if band == "keep" else 100 - 5 * place,
        engagement=None if place == 4 else 90 - 3.4 * place,
        expected_value=float(amount) * (likely if band == "keep" else float(win)),
        currency="EUR",
        reasons_for=_reasons(pros),
        reasons_against=_reasons(cons),
    )


def _reasons(codes: str) -> tuple[Reason, ...]:
    parts = [code.split() for code in codes.split(",") if code]
    return tuple(Reason(feature, REASONS[feature].format(number), float(points)) for feature, number, points in parts)


@pytest.mark.parametrize("name", ["index.html", "call.csv", "nurture.csv", "skip.csv", "keep.csv"])
def test_the_list_is_as_agreed(name: str, tmp_path: Path) -> None:
    write_list(tmp_path, made_up_day())
    made = (tmp_path / name).read_bytes()
    assert made == agreed(f"list/{name}", made)
