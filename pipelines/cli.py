"""The commands that an operator and a data scientist type."""

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from configs.errors import FunnelcastError
from pipelines.full_disk import SAYS, is_full_disk

if TYPE_CHECKING:
    from pipelines.order import Order

CHANNEL_FAILED = 3  # the list was written, and did not go out on every channel
CONFIGS = Path(__file__).resolve().parent.parent / "configs"

app = typer.Typer(
    help="Tells a sales team, every morning, whom to call first, why, and what it is worth.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

ProjectFile = Annotated[str, typer.Option("--project", help="The project file, such as configs/projects/demo.yaml.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The day to look from, as 2026-06-30; the newest day of the data if left out."),
]
WorkspaceDir = Annotated[str | None, typer.Option("--workspace", help="The workspace, if not the project's own.")]
DataDir = Annotated[str | None, typer.Option("--data", help="The folder of the files, if not the project's own.")]


def main() -> None:
    """Runs a command; a mistake that the user can put right, or a full disk, ends with one sentence and exit code 2."""
    atexit.register(_close_stderr)
    try:
        app()
    except FunnelcastError as error:
        typer.echo(f"funnelcast: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if not is_full_disk(error):
            raise
        typer.echo(f"funnelcast: {SAYS}", err=True)
        sys.exit(2)


@app.command()
def demo(
    as_of: AsOf = None,
    workspace: WorkspaceDir = None,
    leads: Annotated[int | None, typer.Option(help="How many leads the made-up company has (default 5,000).")] = None,
    months: Annotated[int | None, typer.Option(help="How many months it has been in business (default 18).")] = None,
    seed: Annotated[int | None, typer.Option(help="Another number makes another company.")] = None,
) -> None:
    """Makes up a company and goes the whole road with it, from its files to the list."""
    from pipelines.order import Order

    _run(Order(str(CONFIGS / "projects" / "demo.yaml"), as_of, workspace, None, leads, months, seed))


@app.command()
def run(project: ProjectFile, as_of: AsOf = None, workspace: WorkspaceDir = None, data: DataDir = None) -> None:
    """Reads the files, trains if there is no model yet, scores, and writes the list."""
    from pipelines.order import Order

    _run(Order(project, as_of, workspace, data))


@app.command()
def ingest(project: ProjectFile, as_of: AsOf = None, workspace: WorkspaceDir = None, data: DataDir = None) -> None:
    """Reads the project's files into the lake."""
    from pipelines import commands

    commands.ingest(_order(project, as_of, workspace, data))


@app.command()
def train(
    project: ProjectFile,
    as_of: AsOf = None,
    workspace: WorkspaceDir = None,
    data: DataDir = None,
    search: Annotated[
        int | None,
        typer.Option(min=1, help="How many settings of the trees to try for each head; 1 goes back to the defaults."),
    ] = None,
) -> None:
    """Trains the heads on what was known by the day, and makes the new model the one that serves."""
    from pipelines import commands

    commands.train(_order(project, as_of, workspace, data), search)


@app.command()
def score(project: ProjectFile, as_of: AsOf = None, workspace: WorkspaceDir = None, data: DataDir = None) -> None:
    """Scores every open lead and customer of the day, writes the list and sends what cannot wait; exit code 3 when a channel failed."""
    from pipelines import commands

    if not commands.score(_order(project, as_of, workspace, data)):
        sys.exit(CHANNEL_FAILED)


@app.command()
def backtest(
    project: ProjectFile,
    cut_offs: Annotated[
        int | None, typer.Option(min=1, help="How many past days to train and judge at, one after the other.")
    ] = None,
    test_from: Annotated[str | None, typer.Option("--from", help="The first test day, as 2026-04-06.")] = None,
    test_to: Annotated[str | None, typer.Option("--to", help="The last test day.")] = None,
    train_until: Annotated[
        str | None, typer.Option(help="The last training day; if left out, as late as the horizons allow.")
    ] = None,
    workspace: WorkspaceDir = None,
) -> None:
    """Trains as one would have then and judges on later days; needs the lake that ingest makes."""
    from pipelines import commands

    commands.backtest(_order(project, None, workspace, None), cut_offs, test_from, test_to, train_until)


@app.command()
def watch(project: ProjectFile, as_of: AsOf = None, workspace: WorkspaceDir = None) -> None:
    """Looks whether data, model and list are fresh and still what they were; exit code 1 when something is off."""
    from pipelines import commands

    if not commands.watch(_order(project, as_of, workspace, None)):
        sys.exit(1)


@app.command()
def receipts(project: ProjectFile, as_of: AsOf = None, workspace: WorkspaceDir = None) -> None:
    """Sets the lists that were served beside what has happened since, and beside the lists that simpler ways would have made."""
    from pipelines import commands

    commands.receipts(_order(project, as_of, workspace, None))


@app.command()
def catalogue(project: ProjectFile, workspace: WorkspaceDir = None) -> None:
    """Writes the page on which every feature can be looked up: what it counts, how it is said, and its SQL."""
    from pipelines import commands

    commands.catalogue(_order(project, None, workspace, None))


@app.command()
def models(
    project: ProjectFile,
    compare: Annotated[list[str] | None, typer.Option(help="A version; give it twice to see two side by side.")] = None,
    promote: Annotated[str | None, typer.Option(help="The version that shall serve from now on.")] = None,
    workspace: WorkspaceDir = None,
    *,
    roll_back: Annotated[bool, typer.Option("--roll-back", help="Lets the version before serve again.")] = False,
) -> None:
    """Shows every trained model and why it serves or not; compares two, promotes one by hand, rolls back."""
    from pipelines import commands

    commands.models(_order(project, None, workspace, None), compare or (), promote, roll_back=roll_back)


@app.command()
def erase(
    project: ProjectFile,
    leads: Annotated[list[str], typer.Argument(help="The lead ids to erase, as they stand in the lists.")],
    workspace: WorkspaceDir = None,
    data: DataDir = None,
) -> None:
    """Erases leads from lake, scores, backtests and lists, and keeps later exports from bringing them back."""
    from pipelines import commands

    commands.erase(_order(project, None, workspace, data), leads)


@app.command()
def feedback(
    file: Annotated[
        str, typer.Argument(help="A file with lead_id, happened_at, verdict and, if known, reason and by.")
    ],
    project: ProjectFile,
    workspace: WorkspaceDir = None,
) -> None:
    """Takes what sales said of leads into the lake, so that the next list knows it; the same file twice adds nothing."""
    from pipelines import commands

    commands.feedback(_order(project, None, workspace, None), file)


@app.command()
def why(
    lead: Annotated[str, typer.Argument(help="The lead id, as it stands in the lists.")],
    project: ProjectFile,
    since: Annotated[
        str | None, typer.Option(help="The scored day to compare with, as 2026-06-29; the list before if left out.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The scored day to explain; the newest if left out.")
    ] = None,
    svg: Annotated[str | None, typer.Option(help="A file to draw both as a picture.")] = None,
    workspace: WorkspaceDir = None,
) -> None:
    """Shows why a lead has its chance, all reasons that add up to it, and what has moved it since an earlier list."""
    from pipelines import commands

    commands.why(_order(project, as_of, workspace, None), lead, since, svg)


@app.command()
def schedule(project: ProjectFile, workspace: WorkspaceDir = None, data: DataDir = None) -> None:
    """Registers the nightly list, the weekly training and the morning watch with Prefect and serves them until stopped."""
    from pipelines import commands

    commands.schedule(_order(project, None, workspace, data))


def _run(order: "Order") -> None:
    from pipelines import commands

    if not commands.run(order):
        sys.exit(CHANNEL_FAILED)


def _order(project: str, as_of: str | None, workspace: str | None, data: str | None) -> "Order":
    from pipelines.order import Order

    return Order(project, as_of, workspace, data)


def _close_stderr() -> None:
    """The last thing done: DuckDB's binding would tell the user of objects that outlived it, which mean nothing."""
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
