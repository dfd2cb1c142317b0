"""Which failures may pass by themselves: a mistake of the user's never does."""

from typing import TYPE_CHECKING

from configs.errors import FunnelcastError

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun


def worth_another_try(task: "Task[..., object]", run: "TaskRun", state: "State[object]") -> bool:  # noqa: ARG001
    """True unless the task failed with a FunnelcastError; the signature is Prefect's."""
    return not isinstance(state.result(raise_on_failure=False), FunnelcastError)
