"""Checks before any test runs and before any worker starts."""

import pytest

from hapi_pytest.errors import CommandLineError
from hapi_pytest.options import Settings, folder, identity
from hapi_pytest.recordings import DEFAULT, UNRECORDED, Recordings
from hapi_pytest.secrets import scan


def check(config: pytest.Config, settings: Settings) -> None:
    """Raise UsageError when recordings hold a key or are missing altogether, or when the agent cannot be loaded."""
    root = folder(config, "cassettes")
    try:
        if settings.agent not in (DEFAULT, *UNRECORDED):
            from hapi_pytest.agents import found

            found(settings.agent, config.rootpath)
        if settings.agent not in UNRECORDED:
            for model in settings.models:
                recordings = Recordings(root, identity(settings, model))
                must_exist = bool(config.getoption("--model")) and not config.option.collectonly and not settings.record
                _check_recordings(recordings, must_exist)
    except CommandLineError as mistake:
        raise pytest.UsageError(str(mistake)) from None


def _check_recordings(recordings: Recordings, must_exist: bool) -> None:
    if recordings.folder.is_dir():
        scan(recordings.folder)
    elif must_exist:
        from hapi_pytest.attempts import missing_text

        raise CommandLineError(missing_text(recordings.identity, None, recordings.folder))
