"""Writes the page on which every feature can be looked up: what it counts, how it is said, and its SQL."""

from pathlib import Path

from configs.project import Project
from features.catalogue import catalogue
from pipelines.job import Job
from pipelines.pages import templates
from pipelines.store import write_beside

HERE = Path(__file__).parent


def write_catalogue(job: Job) -> Path:
    """Writes catalogue.html into the workspace and returns its path; it needs no data."""
    target = job.workspace.catalogue
    with write_beside(target) as part:
        part.write_text(catalogue_html(job.project), encoding="utf-8")
    job.narrator.say(f"The features of {job.project.name}: {target}")
    return target


def catalogue_html(project: Project) -> str:
    """The page: one file without scripts that asks nothing of any host."""
    chapters = [chapter for chapter in catalogue(project) if chapter.entries]
    return templates(HERE).get_template("catalogue.html.j2").render(project=project, chapters=chapters)
