"""What the sellers of the made-up company say of leads: which they take on, which they have called, and which are not for them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sources.demo.market import VERDICTS, Market, dice_for
from pipelines.sources.demo.words import STAGE_LABELS, STAGES

SAID_OF = 0.07  # of the stages that a lead enters, so many are followed by a word
SHARES = {"accepted": 0.47, "contacted": 0.43, "rejected": 0.10}
REASONS = ("wrong person", "no budget this year", "has another supplier", "cannot be reached", "too small for us")
SOONEST_S, LATEST_S = 2 * 3_600, 3 * 86_400
OPEN = STAGE_LABELS[: len(STAGES)]


def write_verdicts(market: Market, folder: Path, place: Path) -> None:
    """Writes feedback from the leads and stage_moves of a folder: lead_no, said_on (UTC without a zone), verdict, why and colleague.

    A seller says a word within three days after a lead has entered an open stage, if it still stands in it then. The words are drawn from a
    stream of chance of their own and change nothing of what happens.
    """
    leads = pq.read_table(folder / "leads.parquet", columns=["lead_no", "owner"]).to_pandas()
    moves = pq.read_table(folder / "stage_moves.parquet", columns=["lead_no", "entered_on", "stage_label"]).to_pandas()
    dice = dice_for(market.company, VERDICTS)
    moves = moves.sort_values(["lead_no", "entered_on"], kind="stable", ignore_index=True)
    end = np.datetime64(market.first_day, "us") + np.timedelta64(market.days, "D")
    until = moves.groupby("lead_no")["entered_on"].shift(-1).fillna(end)
    later = (1_000_000 * dice.integers(SOONEST_S, LATEST_S, len(moves))).astype("timedelta64[us]")
    said_on = moves["entered_on"] + later
    said = (dice.random(len(moves)) < SAID_OF) & moves["stage_label"].isin(OPEN) & (said_on < until)
    verdict = dice.choice(list(SHARES), len(moves), p=list(SHARES.values()))
    why = pd.Series(dice.choice(REASONS, len(moves))).where(verdict == "rejected")
    rows = moves.assign(said_on=said_on, verdict=verdict, why=why)[said].merge(leads, on="lead_no")
    rows = rows.sort_values(["said_on", "lead_no"], kind="stable")
    texts = {"lead_no": "lead_no", "verdict": "verdict", "why": "why", "colleague": "owner"}
    cells = {header: pa.array(rows[name], pa.string()) for header, name in texts.items()}
    pq.write_table(pa.table({"said_on": pa.array(rows["said_on"], pa.timestamp("us")), **cells}), place)
