"""Checks before any test runs and before any worker starts."""

import pytest

from hapi_pytest.errors import CommandLineError, ProjectError
from hapi_pytest.options import Settings, folder, identity, own_prices
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
                if settings.is_live and not config.option.collectonly:
                    _check_price(config, settings, model)
    except (CommandLineError, ProjectError) as mistake:
        raise pytest.UsageError(str(mistake)) from None


def _check_price(config: pytest.Config, settings: Settings, model: str) -> None:
    from hapi_pytest.prices import price

    if model not in settings.allow_unpriced and price(model, own_prices(config)) is None:
        raise CommandLineError(
            f"--model {model}: nobody here knows what it costs, so --max-cost could not hold\n"
            f"  fix:     --allow-unpriced {model} to call it without a budget, or give its price: "
            "hapi_prices in the ini file names a table of your own"
        )


def _check_recordings(recordings: Recordings, must_exist: bool) -> None:
    if recordings.folder.is_dir():
        scan(recordings.folder)
    elif must_exist:
        from hapi_pytest.attempts import missing_text

        raise CommandLineError(missing_text(recordings.identity, None, recordings.folder))
