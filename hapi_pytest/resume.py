"""Going on with a run: the same settings, taken from the run where they are not given."""

import os
from typing import Any

import pytest

from hapi_pytest.errors import CommandLineError
from hapi_pytest.journal import RUNS
from hapi_pytest.options import MAX_COST, folder
from hapi_pytest.runs import LEDGER, About, about, run_folder

_MEASURED: dict[str, object] = {
    "--model": None,
    "--agent": "default",
    "--arm": None,
    "--category": None,
    "--variant": None,
    "--samples": 1,
    "--rounds": 1,
    "--reviews": "any",
    "--shard": "",
    "--record": None,
    "--replay": "fast",
    "--model-arg": None,
    "--base-url": "",
    "--limit": None,
    "--sandbox": "auto",
    "--allow-unpriced": None,
    "-k": "",
    "-m": "",
}
"""The options that decide what is measured, with what they are when nobody gives them."""
_PATHS = "paths"


def described(config: pytest.Config) -> About:
    """Return what a run says about itself."""
    return About(
        root=str(config.rootpath),
        projects=str(config.getini("hapi_projects")),
        cassettes=os.path.relpath(folder(config, "cassettes"), config.rootpath),
        suite=str(config.getini("hapi_suite_version")),
        sandbox=str(config.getoption("--sandbox")),
        options=_measured(config),
        arguments=tuple(config.invocation_params.args),
    )


def adopt(config: pytest.Config) -> None:
    """Take the settings of the run that `--resume` names; raises UsageError when others are given."""
    name = config.getoption("--resume")
    if not name:
        return
    try:
        run = run_folder(name, config.rootpath / RUNS, LEDGER)
        then = about(run).options
    except CommandLineError as mistake:
        raise pytest.UsageError(f"--resume {name}: {mistake}") from None
    now = _measured(config)
    default = {**_MEASURED, _PATHS: []}
    differing = [
        f"  {option}: {then.get(option)!r} in the run, {now[option]!r} now"
        for option in default
        if now[option] != then.get(option) and (now[option] != default[option] or _is_given(config, option))
    ]
    if differing:
        lines = [f"--resume {run.name}: the run has other settings", *differing]
        raise pytest.UsageError("\n".join([*lines, "  fix:     leave them out, for they are taken from the run"]))
    for option, value in then.items():
        if option != _PATHS:
            setattr(config.option, _destination(option), value)
        elif value:
            config.args = [str(config.rootpath / path) for path in value]
    config.option.resume = run.name


def line(config: pytest.Config, run_id: str, *, is_over_budget: bool) -> str:
    """Return the line that goes on with a run."""
    workers = getattr(config.option, "numprocesses", None)
    cost = "MORE" if is_over_budget else config.getoption("--max-cost")
    parts = ["pytest", *(["-n", str(workers)] if workers else []), "--resume", run_id]
    return " ".join([*parts, *(["--max-cost", cost] if cost != MAX_COST else [])])


def _measured(config: pytest.Config) -> dict[str, Any]:
    found = {option: getattr(config.option, _destination(option), default) for option, default in _MEASURED.items()}
    is_given = config.args_source is pytest.Config.ArgsSource.ARGS
    return found | {_PATHS: [_below_root(config, path) for path in config.args] if is_given else []}


def _below_root(config: pytest.Config, path: str) -> str:
    """Return a path, or a test's id, seen from the root folder."""
    file, colons, test = path.partition("::")
    place = (config.invocation_params.dir / file).resolve()
    root = config.rootpath.resolve()
    return (str(place.relative_to(root)) if place.is_relative_to(root) else str(place)) + colons + test


def _is_given(config: pytest.Config, option: str) -> bool:
    return any(argument == option or argument.startswith(f"{option}=") for argument in config.invocation_params.args)


def _destination(option: str) -> str:
    return {"-k": "keyword", "-m": "markexpr"}.get(option, option.removeprefix("--").replace("-", "_"))
