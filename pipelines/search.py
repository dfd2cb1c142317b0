"""Has settings of the trees searched, and has what a search found once used again until another finds better."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.matrix import Matrix
from models.fit import SETTINGS
from models.search import Search, Store, search
from models.settings import Settings, own_settings
from models.track import Tracking
from pipelines.job import Job
from pipelines.recall import code_meaning

CODE = ("configs", "features", "models")
LIBRARIES = ("lightgbm", "optuna")


def search_settings(job: Job, matrix: Matrix, until: datetime, trials: int) -> tuple[Search, ...]:
    """So many trials for each head on the rows known by `until` (UTC without zone), kept in search.db, and what they say, printed.

    A head with too little past is not searched. Raises FunnelcastError when search.db is not what a search wrote.
    """
    store, found = _store(job), []
    with job.narrator.step(f"Trying {trials} settings of {len(job.heads)} heads", trials * len(job.heads)) as bar:
        for number, head in enumerate(job.heads, start=1):
            try:
                found.append(search(matrix, head, until, trials, store, bar.advance))
            except FunnelcastError as error:
                job.narrator.say(f"  No settings are tried: {error}")
            # trials that were kept are not made again
            bar.reach(number * trials, len(job.heads) * trials)
    for one in found:
        job.narrator.say(f"  {one.says}")
    return tuple(found)


def serving_settings(job: Job, tracking: Tracking) -> dict[HeadName, Settings]:
    """What a search once found for the heads of the model that serves; nothing where none serves or it cannot be read."""
    try:
        champion = tracking.champion()
    except FunnelcastError:
        # a training is what puts a champion right whose files are gone
        return {}
    kept = {} if champion is None else champion.bundle.settings
    # a setting that trees no longer know was of an older funnelcast
    known = {name: value for name, value in kept.items() if name.rpartition(".")[2] in SETTINGS}
    found = {head.name: own for head in job.heads if (own := own_settings(known, head.name))}
    for name in found:
        job.narrator.say(f"  {name}: trees grow with the settings that a search found for the model that serves")
    return found


def chosen_settings(searches: Sequence[Search]) -> Mapping[HeadName, Settings]:
    """The settings by head of the searches that found better than the defaults."""
    return {one.head.name: one.chosen for one in searches if one.chosen}


def _store(job: Job) -> Store:
    """Where the trials of a project are kept; those of other code or other libraries are others."""
    place = job.workspace.search
    try:
        with sqlite3.connect(place) as con:
            con.execute("PRAGMA schema_version")
        con.close()
    except sqlite3.DatabaseError as error:
        raise FunnelcastError(f"{place} holds no trials ({error}); delete it, and the search begins anew.") from error
    libraries = [f"{library} {version(library)}" for library in LIBRARIES]
    return Store(f"sqlite:///{place}", "\n".join([*code_meaning(*CODE), *libraries]))
