"""What is compiled ahead is all that a run needs, so that no run waits for a compiler."""

import subprocess
import sys
from pathlib import Path

from tests.house import HOUSE

RUN = """
import sys
from pathlib import Path
from datetime import date
from numba.core.dispatcher import Dispatcher
from features.compiled import compile_kernels
from pipelines.ingest import ingest_project
from pipelines.job import matrix_of
from pipelines.order import Order, open_job
from tests.corner_shop import open_shop

compile_kernels()
modules = [module for name, module in sys.modules.items() if name.startswith("features.")]
found = {id(thing): thing for module in modules for thing in vars(module).values() if isinstance(thing, Dispatcher)}
compiled = {place: thing for place, thing in found.items() if thing.signatures}
kept = [thing for thing in compiled.values() if thing.stats.cache_hits or thing.stats.cache_misses]
before = {place: set(thing.signatures) for place, thing in found.items()}
shop = open_shop(Path(sys.argv[1]) / "shop", leads=60)
with open_job(Order(str(shop.project), None, str(shop.workspace), str(shop.data))) as job:
    ingest_project(job)
    matrix_of(job, [date(2025, 6, 2), date(2025, 6, 9)], None)
late = [thing.__name__ for place, thing in found.items() if set(thing.signatures) - before[place]]
print(len(compiled), len(kept), *late)
"""


def test_a_run_compiles_nothing_more(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    compiled, kept, *late = ran.stdout.splitlines()[-1].split()
    assert int(compiled) > 10
    assert kept == compiled, "everything compiled is kept on disk"
    assert not late, f"features.compiled does not make these, so a run waits for them: {late}"


SCORE = """
import sys
import lightgbm as lgb
import numpy as np
from numba.core.dispatcher import Dispatcher
from configs.load import CONFIGS, load_project
from features.registry import project_columns
from models.compiled import compile_kernels
from models.explain import candidates, telling
from models.fast import fast_contributions, fast_margins, fast_reasons, read_fast

compile_kernels()
modules = [module for name, module in sys.modules.items() if name.startswith("models.")]
found = {id(thing): thing for module in modules for thing in vars(module).values() if isinstance(thing, Dispatcher)}
before = {place: set(thing.signatures) for place, thing in found.items()}
draw = np.random.default_rng(3)
values = draw.poisson(2, size=(3_000, 5)).astype(np.float32)
settings = {"objective": "binary", "num_leaves": 15, "verbosity": -1}
grown = lgb.train(settings, lgb.Dataset(values, (values[:, 0] > values[:, 1]).astype(float)), 30)
fast = read_fast(grown.model_to_string())
fast_margins(fast, values)
columns = project_columns(load_project(CONFIGS / "projects" / "demo.yaml"))
given = fast_contributions(fast, values, np.arange(5))
candidates(given, values, telling(columns[:5], values), lambda margins: margins)
fast_contributions(fast, values, np.array([0, 0, 1, 2, 2]))
fast_reasons(fast, values, np.array([0, 0, 1, 2, 2]), 3)
late = [thing.__name__ for place, thing in found.items() if set(thing.signatures) - before[place]]
print(sum(1 for thing in found.values() if thing.signatures), *late)
"""


def test_scoring_compiles_nothing_more() -> None:
    ran = subprocess.run([sys.executable, "-c", SCORE], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    compiled, *late = ran.stdout.splitlines()[-1].split()
    assert int(compiled) > 5
    assert not late, f"models.compiled does not make these, so a list waits for them: {late}"
