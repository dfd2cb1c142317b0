"""Where no test may be left out, a skipped test counts as failed unless the real data is absent."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

FORBIDDEN = os.environ.get("FUNNELCAST_FORBID_SKIPS") == "1"
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ALLOWED = "../shared is absent"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """One test's report; failed instead of skipped where skips are forbidden."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """One test file's report; failed instead of skipped where skips are forbidden."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not (FORBIDDEN and report.skipped):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected to fail"
    if ALLOWED in reason and not REAL_DATA.exists():
        return
    report.outcome = "failed"
    report.longrepr = f"Skipped ({reason}), and FUNNELCAST_FORBID_SKIPS=1 allows only '{ALLOWED}' where that is so."
