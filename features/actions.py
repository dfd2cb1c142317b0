"""Whether we did something for a lead in the week before a day, and whether that something is open to us now."""

from collections.abc import Sequence
from dataclasses import dataclass

from configs.actions import Action
from configs.errors import FunnelcastError
from features.feature import Feature, FeatureColumn, Selection
from features.tables import Table
from features.words import days, times

WITHIN_DAYS = 7


@dataclass(frozen=True)
class ActionColumns:
    """How an action shows in the log, in columns that no model learns from.

    done: how many such touches in the last WITHIN_DAYS days. open_to: days since the oldest touch that waits for it, unknown where none
    waits; None for an action that is always open.
    """

    action: Action
    done: FeatureColumn
    open_to: FeatureColumn | None


def action_columns(actions: Sequence[Action], touches: Table) -> tuple[ActionColumns, ...]:
    """The columns of each action. Raises FunnelcastError for a column that touches do not have, or a personal one."""
    return tuple(_columns(action, Selection(touches)) for action in actions)


def _columns(action: Action, touches: Selection) -> ActionColumns:
    try:
        done = touches.where(**action.touch)
        waits = touches.where(**action.answers).waiting_for(done) if action.answers else None
    except FunnelcastError as error:
        raise FunnelcastError(f"action {action.name}: {error}") from error
    counted = Feature(done.count(), times, action.says, action.says, (WITHIN_DAYS,), f"{action.name}_done")
    waiting = None if waits is None else Feature(waits, days, action.says, action.says, (), f"{action.name}_awaited")
    return ActionColumns(action, counted.columns[0], waiting.columns[0] if waiting else None)
