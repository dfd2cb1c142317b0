"""A project and a funnel are read as they were written, and every mistake in them is told in one sentence."""

from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from configs.load import CONFIGS, load_funnel, load_project, shipped

FUNNEL = """
name: loans
stages:
  - {name: new, says: New, group: top}
  - {name: offer, says: Offer sent, group: bottom, stale_after_days: 10}
won:
  - {name: signed, says: Signed}
lost:
  - {name: NO, says: Refused}
horizon_days: 14
win_horizon_days: 30
customer:
  churn: renewal
  grace_days: 7
"""

PROJECT = """
name: bank
funnel: loans.yaml
data: exports
workspace: nights
privacy:
  basis: contract
sources:
  - table: leads
    files: leads.csv
    columns: {lead_id: id, happened_at: created}
    where: {country: [NO, SE]}
heads:
  progress: {}
  win: {horizon_days: 60}
"""


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text.lstrip("\n"), encoding="utf-8")
    return path


def _project(folder: Path, old: str = "", new: str = "", funnel: str = FUNNEL) -> Path:
    assert old in PROJECT
    _write(folder, "loans.yaml", funnel)
    return _write(folder, "bank.yaml", PROJECT.replace(old, new, 1) if old else PROJECT)


def _funnel(folder: Path, old: str, new: str) -> Path:
    assert old in FUNNEL
    return _write(folder, "loans.yaml", FUNNEL.replace(old, new, 1))


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(FunnelcastError) as error:
        load_project(tmp_path / "bnak.yaml")
    assert (
        str(error.value)
        == f"There is no file {tmp_path / 'bnak.yaml'}; check the path, or see configs/projects for examples."
    )


def test_a_right_project_is_read(tmp_path: Path) -> None:
    project = load_project(_project(tmp_path))
    assert project.funnel.stage_names == ("new", "offer", "signed", "NO")
    assert project.funnel.stage_words["NO"] == "Refused"
    assert project.sources[0].where == {"country": ("NO", "SE")}
    assert {head: setting.horizon_days for head, setting in project.heads.items()} == {"progress": None, "win": 60}
    assert load_funnel(tmp_path / "loans.yaml") == project.funnel


@pytest.mark.parametrize(("heads", "shown"), [("", "progress"), ("win: {}", "win"), ("leave: {}", "leave")])
def test_the_list_shows_the_first_head_of_open_leads(tmp_path: Path, heads: str, shown: str) -> None:
    asked = f"  {heads}\n" if heads else "  progress: {}\n  win: {horizon_days: 60}\n"
    path = _project(tmp_path, "  progress: {}\n  win: {horizon_days: 60}\n", asked)
    assert load_project(path).list.head == shown


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "heads:",
            "list: {head: leave}\nheads:",
            "list: head: 'leave' is none of the heads of open leads (progress, win)",
        ),
        (
            "heads:",
            "list: {head: churn}\nheads:",
            "list: head: 'churn' is none of the heads of open leads (progress, win)",
        ),
        ("workspace", "workspce", "bank.yaml line 4: unknown key 'workspce'; did you mean 'workspace'?"),
        ("funnel:", "funel:", "bank.yaml line 2: unknown key 'funel'; did you mean 'funnel'?"),
        ("  basis: contract", "  bases: contract", "bank.yaml line 6: unknown key 'bases'; did you mean 'basis'?"),
        ("    files:", "    file:", "bank.yaml line 9: unknown key 'file'; did you mean 'files'?"),
        ("  progress:", "  progres:", "bank.yaml line 13: unknown key 'progres'; did you mean 'progress'?"),
        ("  progress: {}", "  7: {}", "bank.yaml line 13: unknown key '7'; known here: churn, leave, progress, win"),
        ("horizon_days: 60", "horizn: 60", "bank.yaml line 14: unknown key 'horizn'; did you mean 'horizon_days'?"),
        ("funnel: loans.yaml\n", "", "bank.yaml: 'funnel' must name a funnel or its file"),
        ("loans.yaml", "[loans.yaml]", "bank.yaml line 2: 'funnel' must name a funnel or its file"),
        ("loans.yaml", "lones", "bank.yaml line 2: there is no funnel 'lones'"),
        ("loans.yaml", "lones.yaml", "bank.yaml line 2: there is no funnel file {folder}/lones.yaml; check the path."),
        ("data: exports\n", "", "bank.yaml: data is missing; add it."),
        ("    files: leads.csv\n", "", "bank.yaml line 8: sources.item 1.files is missing; add it."),
        (
            "exports",
            "",
            "bank.yaml line 3: data must be text (put a number or a date that is meant as text in quotes).",
        ),
        ("exports", "''", "bank.yaml line 3: data must be filled in, not ''."),
        ("name: bank", "name: My Bank", "bank.yaml line 1: name must be a name in lower-case letters, digits and _, "),
        (
            "privacy:",
            "list: {language: frr}\nprivacy:",
            "bank.yaml line 5: list.language cannot be 'frr'; did you mean 'fr'?",
        ),
        ("contract", "consnt", "bank.yaml line 6: privacy.basis cannot be 'consnt'; did you mean 'consent'?"),
        ("contract", "7", "line 6: privacy.basis must be 'consent', 'contract' or 'legitimate_interest', not 7."),
        ("days: 60", "days: 0", "bank.yaml line 14: heads.win.horizon_days must be at least 1, not 0."),
        ("days: 60", "days: 4000", "bank.yaml line 14: heads.win.horizon_days must be at most 3660, not 4000."),
        ("days: 60", "days: 1.5", "bank.yaml line 14: heads.win.horizon_days must be a whole number, not 1.5."),
        ("days: 60", "days: soon", "bank.yaml line 14: heads.win.horizon_days must be a whole number, not 'soon'."),
        ("days: 60", "days: true", "bank.yaml line 14: heads.win.horizon_days must be a whole number, not True."),
        (
            "  progress: {}\n  win: {horizon_days: 60}\n",
            "  {}\n",
            "line 12: heads must be filled with at least 1 of them.",
        ),
        ("  progress: {}", "  progress: []", "line 13: heads.progress must be a group of 'key: value' lines."),
        ("[NO, SE]", "{NO: SE}", "line 11: sources.item 1.where.country must be text (put a number or a date that is "),
        ("[NO, SE]", "{NO: SE}", " or a number or true or false or a list."),
        (
            "table: leads",
            "table: touches\n    fields: {industry: log}",
            "line 8: sources.item 1: fields belong to the table",
        ),
        (
            "table: leads",
            "table: leads\n    ends_after: {days: {Monthly: 30}}",
            "sources.item 1: ends_after belongs to the table purchases, not leads.",
        ),
        (
            "table: leads",
            "table: leads\n    not_after: [signed]",
            "sources.item 1: not_after belongs to the table stage_moves, not leads.",
        ),
        (
            "table: leads",
            "table: leads\n    constants: {lead_id: x}",
            "sources.item 1: 'lead_id' is given under columns and under constants; keep one of them.",
        ),
    ],
)
def test_a_mistake_in_a_project_is_explained(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(FunnelcastError) as error:
        load_project(_project(tmp_path, old, new))
    assert says.format(folder=tmp_path) in str(error.value)
    assert str(error.value).startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("horizon_days: 14", "horizon_days: 0", " line 9: horizon_days must be at least 1, not 0."),
        ("won:\n  - {name: signed, says: Signed}\n", "", ": won is missing; add it."),
        (
            "won:\n  - {name: signed, says: Signed}\n",
            "won: []\n",
            " line 5: won must be filled with at least 1 of them.",
        ),
        ("won:", "wun:", " line 5: unknown key 'wun'; did you mean 'won'?"),
        ("stale_after_days", "stale_days", " line 4: unknown key 'stale_days'; did you mean 'stale_after_days'?"),
        ("group: bottom", "group: buttom", " line 4: stages.item 2.group cannot be 'buttom'; did you mean 'bottom'?"),
        ("name: signed", "name: new", ": the stage 'new' stands twice in this funnel; every name has one meaning."),
        (
            "name: signed",
            "name: 2024",
            " line 6: won.item 1.name must be text (put a number or a date that is meant as text in quotes), not 2024.",
        ),
        ("  grace_days: 7\n", "", " line 11: customer: churn: renewal needs grace_days; add it beside churn."),
        (
            "churn: renewal",
            "churn: silence",
            " line 11: customer: grace_days belongs to churn: renewal, and churn here is silence; remove one of them.",
        ),
        ("churn: renewal", "churn: renewl", " line 12: customer.churn cannot be 'renewl'; did you mean 'renewal'?"),
        ("stages:\n", "stages: new\nlater:\n", " line 3: unknown key 'later'; known here: customer, "),
        (
            "renewal\n  grace_days: 7",
            "silence",
            " line 11: customer: churn: silence needs silent_days; add it beside churn.",
        ),
        ("renewal\n  grace_days: 7", "stages", " line 11: customer: churn: stages needs churned; add it beside churn."),
        (
            "grace_days: 7",
            "grace_days: 7\n  silent_days: 9",
            " line 11: customer: silent_days belongs to churn: silence, and churn here is renewal; ",
        ),
        (
            "grace_days: 7",
            "grace_days: 7\n  churned: [{name: x, says: X}]",
            " line 11: customer: churned belongs to churn: stages, and churn here is renewal; ",
        ),
        ("grace_days: 7", "grace_days: -1", " line 13: customer.grace_days must be at least 0, not -1."),
        (
            "stages:\n  - {name: new, says: New, group: top}\n  - {name: offer, says: Offer sent, group: bottom, stale_after_days: 10}",
            "stages: 3",
            " line 2: stages must be a list, not 3.",
        ),
    ],
)
def test_a_mistake_in_a_funnel_is_explained(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = _funnel(tmp_path, old, new)
    with pytest.raises(FunnelcastError) as error:
        load_funnel(path)
    assert str(error.value).startswith(f"{path}{says}")


def test_an_unknown_key_is_told_before_every_other_mistake(tmp_path: Path) -> None:
    with pytest.raises(FunnelcastError, match="unknown key 'lst'; did you mean 'list'"):
        load_project(_project(tmp_path, "name: bank", "name: 7\nlst: {}\nprivcy: 3", funnel="name: 7"))


@pytest.mark.parametrize("name", shipped("projects"))
def test_a_shipped_project_is_right(name: str) -> None:
    assert load_project(CONFIGS / "projects" / f"{name}.yaml").name == name
