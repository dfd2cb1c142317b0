"""Remembers that somebody was erased without keeping who it was, so that no later export brings them back."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.workspace import Workspace, write_beside


@dataclass(frozen=True)
class Erased:
    """The salted SHA-256 digests of erased lead ids; the salt is drawn anew for every workspace."""

    salt: str
    digests: frozenset[str] = frozenset()

    def __contains__(self, lead_id: str) -> bool:
        return self._digest(lead_id) in self.digests

    def with_leads(self, lead_ids: Iterable[str]) -> "Erased":
        """The same with more leads."""
        return Erased(self.salt, self.digests | {self._digest(lead_id) for lead_id in lead_ids})

    def condition(self, lead_id: str) -> str:
        """SQL that is true where the lead_id, itself SQL, was erased."""
        if not self.digests:
            return "FALSE"
        listed = ", ".join(f"'{digest}'" for digest in sorted(self.digests))
        return f"coalesce(sha256('{self.salt}' || {lead_id}) IN ({listed}), FALSE)"

    def _digest(self, lead_id: str) -> str:
        return hashlib.sha256((self.salt + lead_id).encode()).hexdigest()


def read_erased(workspace: Workspace) -> Erased:
    """Who was erased from the workspace; nobody where the file is absent."""
    place = _place(workspace)
    if not place.is_file():
        return Erased(secrets.token_hex(16))
    kept = json.loads(place.read_text(encoding="utf-8"))
    return Erased(kept["salt"], frozenset(kept["digests"]))


def keep_erased(workspace: Workspace, erased: Erased) -> None:
    """Writes erased.json into the workspace."""
    with write_beside(_place(workspace)) as part:
        kept = {"salt": erased.salt, "digests": sorted(erased.digests)}
        part.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _place(workspace: Workspace) -> Path:
    return workspace.root / "erased.json"
