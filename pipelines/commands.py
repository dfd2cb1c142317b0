"""Carries out a command: as a Prefect flow where a server is named, and otherwise the same steps without it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from configs.errors import FunnelcastError
from pipelines.flows.server import has_server, prepare
from pipelines.narrator import Narrator
from pipelines.order import Order, open_job, parse_day


def ingest(order: Order) -> None:
    """Reads the project's files into the lake."""
    if _through_prefect(order):
        from pipelines.flows.ingest import ingest_flow

        ingest_flow(order)
        return
    from pipelines.ingest import ingest_project

    with open_job(order) as job:
        ingest_project(job)


def train(order: Order, trials: int | None = None) -> None:
    """Trains the heads, after trying so many settings where that is asked for; the new model serves from then on."""
    if _through_prefect(order):
        from pipelines.flows.train import train_flow

        train_flow(order, trials)
        return
    from pipelines.train import train_project

    with open_job(order) as job:
        train_project(job, trials)


def score(order: Order) -> bool:
    """Scores the day, writes its list and sends what cannot wait; whether every channel took it."""
    if _through_prefect(order):
        from pipelines.flows.score import score_flow

        return _told(lambda: score_flow(order))
    from pipelines.channels.tell import tell_channels
    from pipelines.score import score_project
    from pipelines.train import champion_of

    with open_job(order) as job:
        return tell_channels(job, score_project(job, champion_of(job)).day).good


def run(order: Order) -> bool:
    """Goes the whole road as one flow run, on a server of its own where none is named; whether every channel took what cannot wait."""
    prepare(_workspace(order))
    from pipelines.flows.run import run_flow

    narrator = Narrator()
    if not has_server():
        narrator.say(
            "Starting a Prefect server for this run (PREFECT_API_URL names no other); that takes some seconds."
        )
    return _told(lambda: narrator.say(f"Done. Open the list: {run_flow(order)}"))


def _told(flow: Callable[[], object]) -> bool:
    """Runs a flow; False where its list stands and a channel failed, which the flow has said."""
    from pipelines.channels.tell import ChannelFailedError

    try:
        flow()
    except ChannelFailedError:
        return False
    return True


def backtest(
    order: Order, cut_offs: int | None, test_from: str | None, test_to: str | None, train_until: str | None
) -> None:
    """Trains as one would have then, and judges on days that came later: at so many cut-offs, or at one with given test days.

    Raises FunnelcastError when neither the one nor the other is given, or a mix of both.
    """
    from pipelines.backtest import backtest_project, backtest_rolling

    if cut_offs is not None and train_until is None:
        with open_job(order) as job:
            backtest_rolling(job, cut_offs, test_from, test_to)
    elif cut_offs is None and test_from is not None and test_to is not None:
        with open_job(order) as job:
            backtest_project(job, test_from, test_to, train_until)
    else:
        raise FunnelcastError(
            "Give --cut-offs with a number, such as --cut-offs 6, or one cut-off by --from and --to (and --train-until)."
        )


def watch(order: Order) -> bool:
    """Whether everything is as it should be."""
    if _through_prefect(order):
        return _watch_flow(order)
    from pipelines.watch import watch_project

    with open_job(order) as job:
        return watch_project(job).good


def receipts(order: Order) -> None:
    """Writes and shows the receipts of the lists whose windows are over."""
    from pipelines.receipts import settle_lists

    with open_job(order) as job:
        settle_lists(job)


def erase(order: Order, lead_ids: Sequence[str]) -> None:
    """Erases leads; never through Prefect, which keeps what a flow was called with."""
    from pipelines.erase import erase_leads

    with open_job(order) as job:
        erase_leads(job, lead_ids)


def feedback(order: Order, file: str) -> None:
    """Takes sales' verdicts on leads into the lake; never through Prefect, as reasons are personal."""
    from pipelines.feedback import take

    with open_job(order) as job:
        take(job, Path(file))


def why(order: Order, lead_id: str, since: str | None, svg: str | None) -> None:
    """Shows why a lead has its chance and what moved it; never through Prefect, which keeps what a flow was called with."""
    from pipelines.why import draw_why, tell_why, why_lead

    with open_job(order) as job:
        told = why_lead(job, lead_id, None if since is None else parse_day(since))
    tell_why(told)
    if svg is not None:
        draw_why(told, Path(svg))


def catalogue(order: Order) -> None:
    """Writes the catalogue of features."""
    from pipelines.catalogue import write_catalogue

    with open_job(order) as job:
        write_catalogue(job)


def models(order: Order, compare: Sequence[str], promote: str | None, *, roll_back: bool) -> None:
    """Shows the trained models; compares two, promotes one or rolls back where that is asked for."""
    from pipelines.models import compare_models, promote_model, roll_back_model, show_models

    if len(compare) not in (0, 2):
        raise FunnelcastError("--compare takes two versions: --compare 3 --compare 4.")
    with open_job(order) as job:
        if promote is not None:
            promote_model(job, promote)
        if roll_back:
            roll_back_model(job)
        if compare:
            compare_models(job, compare[0], compare[1])
        elif promote is None and not roll_back:
            show_models(job)


def schedule(order: Order) -> None:
    """Serves the nightly list, the weekly training and the morning watch until stopped.

    Raises FunnelcastError when no Prefect server is named.
    """
    if not has_server():
        raise FunnelcastError(
            "A schedule needs a Prefect server that stays up; start one with 'prefect server start' and name it, such as "
            "PREFECT_API_URL=http://127.0.0.1:4200/api."
        )
    prepare(_workspace(order))
    from pipelines.flows.schedule import serve_schedule

    serve_schedule(order)


def _watch_flow(order: Order) -> bool:
    from pipelines.flows.watch import watch_flow
    from pipelines.watch import SomethingIsOffError

    try:
        watch_flow(order)
    except SomethingIsOffError:
        return False
    return True


def _through_prefect(order: Order) -> bool:
    if has_server():
        prepare(_workspace(order))
    return has_server()


def _workspace(order: Order) -> Path:
    return Path(order.workspace or order.read_project().workspace)
