"""Where the lead stands in the funnel, how long it has been there and which way it came."""

from features.feature import Feature, Selection
from features.readings import Fact
from features.timeline import moves as moves_table
from features.words import days, stage, stay, times

moves = Selection(moves_table)

stage_now = Feature(Fact("stage_rank"), stage, "Stage: {value}", "The stage is not known", is_reason=False)
days_in_stage = Feature(Fact("days_in_stage"), days, "Has been in this stage for {value}", "The stage is not known")
stay_against_usual = Feature(
    Fact("stay_against_usual"),
    stay,
    "Has been in this stage {value}",
    "Has just entered this stage",
)
days_open = Feature(Fact("days_open"), days, "Has been open for {value}", "Has just been opened")
days_known = Feature(Fact("days_known"), days, "We have known the lead for {value}", "We have just met the lead")
earlier_episodes = Feature(
    Fact("earlier_episodes"),
    times,
    "Has come back {value} after it was closed",
    "Has not been closed before",
    behaviour="moves: step lost",
)
days_left_of_cover = Feature(
    Fact("days_left_of_cover"),
    days,
    "The subscription, with its days of grace, lasts {value} more",
    "Has no subscription",
)
steps_forward = Feature(
    moves.where(step=("forward", "skip")).count(),
    times,
    "Moved forward {value} in the last {window}",
    "Has not moved forward in the last {window}",
    (7, 30),
    behaviour="time in stage",
)
stages_skipped = Feature(
    moves.where(step="skip").count(), times, "Skipped a stage {value} so far", "Has skipped no stage", ("ever",)
)
steps_back = Feature(
    moves.where(step="back").count(),
    times,
    "Moved back {value} in the last {window}",
    "Has not moved back in the last {window}",
    (30, "ever"),
)
times_lost = Feature(
    moves.where(step="lost").count(), times, "Was lost {value} before", "Was never lost before", ("ever",)
)
last_lost = Feature(
    moves.where(step="lost").days_since_last(), days, "Was last lost {value} ago", "Was never lost before"
)
days_to_month_end = Feature(Fact("days_to_month_end"), days, "The month ends in {value}", "The month ends today")
days_to_quarter_end = Feature(
    Fact("days_to_quarter_end"), days, "The quarter ends in {value}", "The quarter ends today"
)
times_won = Feature(moves.where(step="won").count(), times, "Was won {value} before", "Was never won before", ("ever",))
