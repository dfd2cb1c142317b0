"""Takes secrets from the environment, where they stand under the names that a project gives."""

import os

from pipelines.channels.failing import NotSentError


def secret_of(variable: str) -> str:
    """What an environment variable holds. Raises NotSentError where it holds nothing."""
    secret = os.environ.get(variable, "").strip()
    if not secret:
        raise NotSentError(f"the environment variable {variable} is not set")
    return secret
