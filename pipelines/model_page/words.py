"""How questions, rivals and figures are called on the model page."""

from math import isnan

from configs.project import HeadName
from models.heads import Cohort

ASKS: dict[HeadName, str] = {
    "progress": "reaches any further stage, or is won,",
    "win": "is won",
    "leave": "is lost, or falls silent,",
    "churn": "stops being a customer, by the rule of the funnel,",
}
WHOM: dict[Cohort, str] = {"open": "an open lead", "customer": "a customer"}
RANKS = {
    "model": "the model itself",
    "stage_rate": "by the share of yes in the lead's stage",
    "recency": "most recent touch first",
    "oldest_first": "as a queue, longest open first",
    "best_column": "by the one column that told most",
    "points": "by a points table",
    "bayes": "naive Bayes over closed leads",
    "logistic": "logistic regression on the model's columns",
}
FIGURES = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "log_loss": "Log loss",
    "brier": "Brier",
    "calibration_error": "Calibration error",
    "lift_at_5_percent": "Lift at 5 %",
    "lift_at_10_percent": "Lift at 10 %",
    "lift_at_20_percent": "Lift at 20 %",
    "precision_at_capacity": "Precision at capacity",
    "lift_at_capacity": "Lift at capacity",
    "captured_at_capacity": "Captured at capacity",
    "expected_yes": "Yes expected",
    "realised_yes": "Yes that came",
}
WHOLE = ("expected_yes", "realised_yes")


def figure_says(value: float, digits: int = 3) -> str:
    """A figure with so many digits after the point; a dash where it has no meaning (NaN).

    >>> figure_says(0.81234), figure_says(1234.5, 0)
    ('0.812', '1,234')
    """
    return "–" if isnan(value) else f"{value:,.{digits}f}"


def percent_says(share: float) -> str:
    """A share (0 to 1) in hundredths, with a digit more below ten; a dash where it has no meaning (NaN).

    >>> percent_says(0.38), percent_says(0.0712), percent_says(0.0)
    ('38 %', '7.1 %', '0 %')
    """
    return "–" if isnan(share) else f"{100 * share:.{1 if 0 < share < 0.0995 else 0}f} %"


def metric_says(name: str, value: float) -> str:
    """A metric of models.metrics as it stands in the table of rivals: counts of rows without digits."""
    return figure_says(value, 0 if name in WHOLE else 3)
