"""Keeps every training: its settings, its figures, its pictures and its model, and which model serves."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import TYPE_CHECKING

from configs.errors import FunnelcastError
from models.bundle import Bundle, load_bundle, save_bundle
from models.contest import FIRST
from models.judgement import MODEL
from models.plots import gains_svg, reliability_svg
from models.promotion import Verdict
from models.search import Search
from models.train import TrainingResult

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
VERDICT = "verdict"
BUNDLE = "bundle"
NESTED_IN = "mlflow.parentRunId"
ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


@dataclass(frozen=True)
class Champion:
    """The model that serves, and its version in the registry."""

    bundle: Bundle
    version: str


@dataclass(frozen=True)
class Version:
    """A trained model in the registry: its aliases (champion, challenger, previous), its figures by name, and why it serves or not."""

    number: str
    aliases: tuple[str, ...]
    trained_until: str
    metrics: Mapping[str, float]
    verdict: str


@dataclass(frozen=True)
class Tracking:
    """Where runs and models are kept: any MLflow tracking URI, an experiment, and the name of the registered model.

    artefacts: where a new experiment keeps its files; None leaves that to the tracking server.
    """

    uri: str
    experiment: str
    model: str
    artefacts: Path | None = None

    def record_training(
        self,
        result: TrainingResult,
        texts: Mapping[str, str] | None = None,
        verdict: Verdict = FIRST,
        searches: Sequence[Search] = (),
    ) -> Champion:
        """Keeps a training as one run and its bundle as a registered model, which becomes champion or, by the verdict, challenger.

        The champion before a new one is `previous`. texts: further files of the run by path. searches: their trials become runs nested
        in this one. Nothing of a single lead is kept. Raises FunnelcastError when the server cannot be reached.
        """
        with self._client() as client:
            run = client.create_run(
                self._experiment_id(client), run_name=f"train {result.bundle.trained_until:%Y-%m-%d}"
            )
            try:
                _log(client, run, result)
                for search in searches:
                    _log_search(client, run, search)
                for path, text in (texts or {}).items():
                    client.log_text(run.info.run_id, text, path)
                version = self._register(client, run, verdict)
            except BaseException:
                client.set_terminated(run.info.run_id, "FAILED")
                raise
            client.set_terminated(run.info.run_id)
        return Champion(result.bundle, str(version.version))

    def champion(self) -> Champion | None:
        """The model that serves; None when none has been trained. Raises FunnelcastError when it or the server cannot be reached."""
        return self._load(CHAMPION)

    def challenger(self) -> Champion | None:
        """The model that waits; None when there is none. Raises FunnelcastError as champion does."""
        return self._load(CHALLENGER)

    def _load(self, alias: str) -> Champion | None:
        with self._client() as client:
            version = self._aliased(client, alias)
            if version is None:
                return None
            with TemporaryDirectory() as folder:
                loaded = client.download_artifacts(str(version.run_id), BUNDLE, folder)
                return Champion(load_bundle(Path(loaded)), str(version.version))

    def bundle(self, number: str) -> Bundle | None:
        """The models of a version, whether it serves or not; None where there is no such version. Raises FunnelcastError as champion."""
        from mlflow.exceptions import MlflowException

        with self._client() as client, TemporaryDirectory() as folder:
            try:
                version = client.get_model_version(self.model, number)
            except MlflowException as error:
                if error.error_code in ABSENT:
                    return None
                raise
            return load_bundle(Path(client.download_artifacts(str(version.run_id), BUNDLE, folder)))

    def versions(self) -> tuple[Version, ...]:
        """Every model that was trained, newest first. Raises FunnelcastError when the server cannot be reached."""
        with self._client() as client:
            found = client.search_model_versions(f"name = '{self.model}'")
            return tuple(
                _version(client, version) for version in sorted(found, key=lambda one: int(one.version), reverse=True)
            )

    def promote(self, number: str) -> None:
        """Makes a version champion by hand. Raises FunnelcastError when there is no such version."""
        known = [version.number for version in self.versions()]
        if number not in known:
            raise FunnelcastError(
                f"There is no version {number} of {self.model}; there are {', '.join(known) or 'none'}."
            )
        with self._client() as client:
            self._serve(client, number)

    def roll_back(self) -> str:
        """Lets the champion before this one serve again, and returns its version. Raises FunnelcastError when there was none."""
        with self._client() as client:
            before = self._aliased(client, PREVIOUS)
            if before is None:
                raise FunnelcastError(
                    f"No champion of {self.model} came before the one that serves, so there is none to go back to."
                )
            self._serve(client, str(before.version))
            return str(before.version)

    @contextmanager
    def _client(self) -> Iterator["MlflowClient"]:
        # MLflow reads this while it is imported, so it is imported only now.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        with warnings.catch_warnings(action="ignore"):
            from mlflow import MlflowClient
            from mlflow.exceptions import MlflowException

            for name in ("mlflow", "alembic"):
                logging.getLogger(name).setLevel(logging.ERROR)
            try:
                yield MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
            except (MlflowException, OSError) as error:
                raise FunnelcastError(
                    f"The models kept in {self.uri} cannot be reached or written: {str(error).splitlines()[0]} "
                    "Check tracking.uri in the project file; if the workspace was moved, run `funnelcast train`."
                ) from error

    def _experiment_id(self, client: "MlflowClient") -> str:
        found = client.get_experiment_by_name(self.experiment)
        if found is not None:
            return str(found.experiment_id)
        return str(client.create_experiment(self.experiment, self.artefacts.as_uri() if self.artefacts else None))

    def _register(self, client: "MlflowClient", run: "Run", verdict: Verdict) -> "ModelVersion":
        if not client.search_registered_models(f"name = '{self.model}'"):
            client.create_registered_model(self.model)
        version = client.create_model_version(self.model, f"{run.info.artifact_uri}/{BUNDLE}", run.info.run_id)
        number = str(version.version)
        client.set_model_version_tag(self.model, number, VERDICT, verdict.reason)
        if verdict.promoted:
            self._serve(client, number)
        else:
            client.set_registered_model_alias(self.model, CHALLENGER, number)
        return version

    def _serve(self, client: "MlflowClient", number: str) -> None:
        """Makes a version champion, and the champion before it `previous`."""
        before, challenger = self._aliased(client, CHAMPION), self._aliased(client, CHALLENGER)
        if before is not None and str(before.version) != number:
            client.set_registered_model_alias(self.model, PREVIOUS, str(before.version))
        client.set_registered_model_alias(self.model, CHAMPION, number)
        if challenger is not None and str(challenger.version) == number:
            client.delete_registered_model_alias(self.model, CHALLENGER)

    def _aliased(self, client: "MlflowClient", alias: str) -> "ModelVersion | None":
        from mlflow.exceptions import MlflowException

        try:
            return client.get_model_version_by_alias(self.model, alias)
        except MlflowException as error:
            if error.error_code in ABSENT:
                return None
            raise


def _version(client: "MlflowClient", version: "ModelVersion") -> Version:
    # a search finds versions without their aliases
    whole = client.get_model_version(version.name, version.version)
    run = client.get_run(str(version.run_id))
    return Version(
        str(version.version),
        tuple(sorted(whole.aliases)),
        str(run.data.params.get("trained_until", ""))[:10],
        dict(run.data.metrics),
        str(whole.tags.get(VERDICT, "")),
    )


def _log(client: "MlflowClient", run: "Run", result: TrainingResult) -> None:
    from mlflow.entities import Metric, Param

    run_id, now = run.info.run_id, int(time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in _metrics(result).items()]
    client.log_batch(run_id, metrics=metrics, params=[Param(name, value) for name, value in _settings(result).items()])
    client.log_dict(run_id, {name: list(model.columns) for name, model in result.bundle.heads.items()}, "features.json")
    for judgement in result.judgements:
        name = judgement.head.name
        client.log_text(run_id, judgement.metrics.to_csv(), f"metrics/{name}.csv")
        client.log_text(run_id, reliability_svg(judgement), f"plots/{name}_reliability.svg")
        client.log_text(run_id, gains_svg(judgement), f"plots/{name}_gains.svg")
    with TemporaryDirectory() as folder:
        save_bundle(result.bundle, Path(folder))
        client.log_artifacts(run_id, folder, BUNDLE)


def _log_search(client: "MlflowClient", run: "Run", search: Search) -> None:
    """A run nested in the training's for each trial, with its settings and what they lost."""
    from mlflow.entities import Metric, Param

    client.set_tag(run.info.run_id, f"search.{search.head.name}", search.says)
    for trial in search.trials:
        tags = {NESTED_IN: run.info.run_id, "head": search.head.name}
        name = f"{search.head.name} trial {trial.number}"
        nested = client.create_run(run.info.experiment_id, tags=tags, run_name=name).info.run_id
        found = {"log_loss": trial.loss, "trees": float(trial.trees), "seconds": trial.seconds}
        metrics = [Metric(metric, value, int(time() * 1000), 0) for metric, value in found.items()]
        client.log_batch(nested, metrics, [Param(setting, str(value)) for setting, value in trial.settings.items()])
        client.set_terminated(nested)


def _metrics(result: TrainingResult) -> dict[str, float]:
    """HEAD.METRIC of the model and HEAD.RIVAL.METRIC of its rivals; a metric without a meaning there is left out."""
    return {
        f"{judgement.head.name}.{metric}" if judge == MODEL else f"{judgement.head.name}.{judge}.{metric}": float(value)
        for judgement in result.judgements
        for judge, row in judgement.metrics.iterrows()
        for metric, value in row.dropna().items()
    }


def _settings(result: TrainingResult) -> dict[str, str]:
    """What the training was made with and from: settings, data window and row counts, for all heads and for each."""
    bundle = result.bundle
    settings: dict[str, object] = {
        "project": bundle.origin.project,
        "funnel": bundle.origin.funnel,
        "feature_fingerprint": bundle.origin.fingerprint,
        "trained_until": bundle.trained_until.isoformat(),
        **bundle.settings,
        **{f"version.{library}": version for library, version in bundle.versions.items()},
    }
    for name, model in bundle.heads.items():
        settings |= {
            f"{name}.horizon_days": model.head.horizon_days,
            f"{name}.step": model.step,
            f"{name}.rows": model.rows,
            f"{name}.yes": model.yes,
            f"{name}.columns": len(model.columns),
            f"{name}.trees": model.trees,
            f"{name}.trained_from": model.trained_from.isoformat(),
            f"{name}.trained_to": model.trained_to.isoformat(),
        }
    return {name: str(value) for name, value in settings.items()}
