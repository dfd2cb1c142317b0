"""Measures the ratios that count and writes them to benchmarks/results/latest.json."""

import argparse
import json
from pathlib import Path

from benchmarks import feature_ratio, model_ratio, nightly
from benchmarks.made_up import MadeUp
from benchmarks.measure import Result, alone

HERE = Path(__file__).parent
PEAK_GB = 4.5
NIGHT_PEAK_GB = 6.0


def main() -> None:
    """Prints a table; what is above a bar is marked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1: a million leads; 0.1: a tenth of everything")
    scale = parser.parse_args().scale
    leads, few = max(1_000, round(1_000_000 * scale)), max(1_000, round(100_000 * scale))
    data = HERE / "data"
    night = MadeUp(leads, 100 * leads, 1)
    alone(nightly.prepare, data, night)
    results = [
        alone(feature_ratio.measure, data, MadeUp(leads, 100 * leads, 1), "numbered", 2.0, 1.5, PEAK_GB),
        alone(feature_ratio.measure, data, MadeUp(leads, 100 * leads, 1), "touches", 2.6, 1.5),
        alone(feature_ratio.measure, data, MadeUp(leads, 50 * leads, 6), "numbered", 3.5, 2.5),
        alone(feature_ratio.measure_beyond_memory, data, MadeUp(leads, 100 * leads, 1), 5.0, 3.5, PEAK_GB),
        alone(feature_ratio.measure_reversed, data, MadeUp(few, 100 * few, 1), 2.0, 1.2),
        *alone(model_ratio.measure, data, leads),
        alone(nightly.measure, data, night, 2.0, 1.2, NIGHT_PEAK_GB),
    ]
    target = HERE / "results" / "latest.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([result.plain() for result in results], indent=2) + "\n")
    _print_table(results)
    print(f"written to {target}")


def _print_table(results: list[Result]) -> None:
    width = max(len(result.name) for result in results)
    print(f"{'what':{width}}  seconds    floor   ratio    must   reach  peak GB    must")
    for result in results:
        mark = f"  {' and '.join(result.above)} above the bar" if result.above else ""
        bar = "" if result.peak_must_gb is None else f"{result.peak_must_gb:.2f}"
        print(
            f"{result.name:{width}}  {result.seconds:7.2f}  {result.floor_seconds:7.2f}  {result.ratio:6.2f}  "
            f"{result.must:6.2f}  {result.reach:6.2f}  {result.peak_gb:7.2f}  {bar:>6}{mark}"
        )


if __name__ == "__main__":
    main()
