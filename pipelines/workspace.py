"""The folder in which everything of a project is kept, one run at a time, with nothing half-written in it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from configs.errors import FunnelcastError

LAYOUT = 1


@dataclass(frozen=True)
class Workspace:
    """Where everything of one project lies; `root` is an absolute folder."""

    root: Path

    @property
    def lake(self) -> Path:
        """The tables, lake/TABLE/*.parquet."""
        return self.root / "lake"

    @property
    def rejected(self) -> Path:
        """The rows of the last ingest that broke the contract: table, file, line, reason."""
        return self.lake / "_rejected"

    @property
    def observed(self) -> Path:
        """Up to when the sources tell what happened."""
        return self.lake / "observed.json"

    @property
    def scores(self) -> Path:
        """scores/as_of=DAY/scores.parquet."""
        return self.root / "scores"

    @property
    def lists(self) -> Path:
        """lists/DAY/index.html and its tables."""
        return self.root / "lists"

    @property
    def sent(self) -> Path:
        """sent/DAY.json: which messages of that day's list went out, without saying what they said."""
        return self.root / "sent"

    @property
    def backtests(self) -> Path:
        """backtests/RUN/predictions.parquet."""
        return self.root / "backtests"

    @property
    def judged(self) -> Path:
        """What backtests found at each cut-off; may be deleted at any time."""
        return self.root / "judged"

    @property
    def receipts(self) -> Path:
        """receipts/DAY.json: what came of the list of that day; never rewritten."""
        return self.root / "receipts"

    @property
    def leaks(self) -> Path:
        """leaks/DAY/index.html and report.json: what each training found on its columns."""
        return self.root / "leaks"

    @property
    def models(self) -> Path:
        """models/VERSION/model.html: how good each model was when it was trained."""
        return self.root / "models"

    @property
    def demo(self) -> Path:
        """The export files of the made-up company."""
        return self.root / "demo"

    @property
    def recall(self) -> Path:
        """Columns that were worked out; may be deleted at any time."""
        return self.root / "recall"

    @property
    def search(self) -> Path:
        """The trials of every search, SQLite; may be deleted at any time."""
        return self.root / "search.db"

    @property
    def catalogue(self) -> Path:
        """What every feature counts and how it is said."""
        return self.root / "catalogue.html"

    @property
    def tracking_database(self) -> Path:
        """Runs and models, when the project names no tracking server."""
        return self.root / "mlflow.db"

    @property
    def artefacts(self) -> Path:
        """The files of those runs."""
        return self.root / "mlartifacts"

    @property
    def spill(self) -> Path:
        """What does not fit into memory while a query runs."""
        return self.root / ".spill.part"

    @property
    def prefect(self) -> Path:
        """What the Prefect server of a run keeps, when no other server is named."""
        return self.root / "prefect"

    @property
    def version(self) -> Path:
        """Which layout this folder has."""
        return self.root / "VERSION"

    @property
    def lock(self) -> Path:
        """Held by the run that is going on."""
        return self.root / ".lock"

    @property
    def written_folders(self) -> tuple[Path, ...]:
        """The folders in which files are written beside and renamed."""
        return (
            self.lake,
            self.scores,
            self.lists,
            self.sent,
            self.backtests,
            self.receipts,
            self.judged,
            self.leaks,
            self.models,
            self.demo,
            self.recall,
        )


@contextmanager
def open_workspace(root: Path) -> Iterator[Workspace]:
    """Creates the workspace if it is new, keeps other runs out of it and clears what a killed run left behind.

    Raises FunnelcastError for a folder that is something else, a workspace written by a newer version and a run that is
    going on. The lock is the system's and ends with the process, however that ends.
    """
    workspace = Workspace(root.expanduser().resolve())
    _create(workspace)
    with workspace.lock.open("a+", encoding="utf-8") as lock:
        _hold(lock, workspace)
        try:
            _check_version(workspace)
            _clear_leftovers(workspace)
            yield workspace
        finally:
            lock.truncate(0)


def _create(workspace: Workspace) -> None:
    root = workspace.root
    try:
        root.mkdir(parents=True, exist_ok=True)
        present = sorted(entry.name for entry in root.iterdir())
    except OSError as error:
        raise FunnelcastError(
            f"The workspace {root} cannot be made: {error.strerror}; give another --workspace."
        ) from error
    ours = {folder.name for folder in workspace.written_folders} | {workspace.lock.name, workspace.prefect.name}
    foreign = [name for name in present if name not in ours and not name.endswith(".part")]
    if foreign and not workspace.version.exists():
        raise FunnelcastError(
            f"{root} holds other things ({foreign[0]}) and is no workspace (it has no file VERSION); "
            "give an empty folder as --workspace."
        )


def _hold(lock: IO[str], workspace: Workspace) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        who = lock.read().strip() or "an unknown process"
        raise FunnelcastError(
            f"Another run is going on in {workspace.root} ({who}); wait until it ends, or give another --workspace."
        ) from error
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, started {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
    lock.flush()


def _check_version(workspace: Workspace) -> None:
    if not workspace.version.exists():
        with write_beside(workspace.version) as part:
            part.write_text(f"{LAYOUT}\n", encoding="utf-8")
    found = workspace.version.read_text(encoding="utf-8", errors="replace").strip()
    if not found.isdecimal():
        raise FunnelcastError(
            f"{workspace.version} should hold a number, not {found[:20]!r}; restore it or give another --workspace."
        )
    if int(found) > LAYOUT:
        raise FunnelcastError(
            f"The workspace {workspace.root} was written by a newer funnelcast (layout {found}; this one knows layouts "
            f"up to {LAYOUT}); install the newer funnelcast, or give another --workspace."
        )


@contextmanager
def write_beside(target: Path) -> Iterator[Path]:
    """A path beside target at which the caller makes a file or folder; it takes target's place when the block ends well.

    An error or a kill leaves the old target whole: after a kill between the two renames of a folder, the next
    open_workspace puts the old folder back.
    """
    part, old = target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.old")
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(part)
    try:
        yield part
        _remove(old)
        if part.is_dir() and target.exists():
            target.rename(old)
        part.replace(target)
    finally:
        _put_back(old)
        _remove(part)


def _put_back(old: Path) -> None:
    """Ends a replacement: the old folder goes when the new one stands in its place, and returns when it does not."""
    target = old.with_name(old.name.removeprefix(".").removesuffix(".old"))
    if old.exists() and not target.exists():
        old.rename(target)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _clear_leftovers(workspace: Workspace) -> None:
    for old in [*workspace.root.glob(".*.old"), *_within(workspace, ".*.old")]:
        _put_back(old)
    for part in [*workspace.root.glob(".*.part"), *_within(workspace, ".*.part")]:
        _remove(part)


def _within(workspace: Workspace, pattern: str) -> list[Path]:
    return [path for folder in workspace.written_folders for path in sorted(folder.rglob(pattern))]
