"""A company whose leads stay while its touches change, so that many histories share one connection; and the project of a short funnel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
from numpy.typing import NDArray

from configs.project import Project
from features.engine import compute
from features.feature import FeatureColumn
from tests.histories import Row, fill, lake, spine

STAGES = [{"name": name, "says": name, "group": "top"} for name in ("new", "talking", "offer")]


@dataclass(frozen=True)
class Company:
    """Leads with their accounts, and a connection that holds them."""

    accounts: Mapping[str, str]
    con: duckdb.DuckDBPyConnection

    def look(
        self, columns: Sequence[FeatureColumn], touches: Iterable[Row], looks: Sequence[tuple[str, datetime]]
    ) -> NDArray[np.float32]:
        """The columns of the given (lead, as_of), when these are all touches."""
        fill(self.con, {"touches": touches})
        spine(self.con, looks, self.accounts)
        return compute(self.con, columns)


def open_company(accounts: Mapping[str, str]) -> Company:
    """The company of these leads, each in its account."""
    leads: list[Row] = [
        {"lead_id": lead, "happened_at": datetime(2020, 1, 1), "account_id": account}
        for lead, account in accounts.items()
    ]
    return Company(accounts, lake({"leads": leads}))


def short_project(basis: str = "contract", **funnel: object) -> Project:
    """A project whose funnel has the stages new, talking and offer, won and lost; keys of the funnel may be set."""
    return Project.model_validate(
        {
            "name": "test",
            "funnel": {
                "name": "test",
                "stages": STAGES,
                "won": [{"name": "won", "says": "won"}],
                "lost": [{"name": "lost", "says": "lost"}],
                "horizon_days": 14,
                "win_horizon_days": 28,
                **funnel,
            },
            "data": ".",
            "workspace": ".",
            "privacy": {"basis": basis},
            "sources": [{"table": "leads", "files": "x.csv", "columns": {"lead_id": "id"}}],
            "heads": {"win": {}},
        }
    )
