"""The command line's options: declared, read and checked once."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapi_pytest.model import Arm
from hapi_pytest.recordings import UNRECORDED, Identity

RUNGS = ("auto", "bwrap", "landlock", "none")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    models: tuple[str, ...]
    arms: tuple[Arm, ...]
    categories: tuple[str, ...]
    variants: tuple[int, ...]
    rounds: int
    record: str
    replay: str
    sandbox: str
    agent: str
    model_arguments: Mapping[str, Any]
    base_url: str
    gates: Mapping[Arm, float]
    """Least completion rate, as a share, by arm."""
    max_unscored: float
    """Largest share of the collected tests that may end unscored in a valid run."""
    is_selfcheck: bool
    """Whether the projects are to prove themselves instead of measuring an agent."""
    is_whole: bool
    """Whether nothing narrows the selection of projects and arms."""


def add_options(parser: pytest.Parser) -> None:
    """Declare the options; raises UsageError when another plugin has taken a name."""
    add = functools.partial(_add, parser.getgroup("hapi", "client projects (hapi-pytest)"))
    add("--model", action="append", metavar="M", help="Model that does the work, as litellm names it (repeatable)")
    builtin = ", ".join(UNRECORDED)
    add(
        "--agent",
        default="default",
        metavar="SPEC",
        help=f"default, package.module:factory, or without model: {builtin}",
    )
    add("--arm", action="append", choices=[str(arm) for arm in Arm], help="Only this arm (repeatable)")
    add("--category", action="append", metavar="C", help="Only projects of this category (repeatable)")
    add("--variant", action="append", metavar="K", help="Variant to work on: a number or a range 0..6 (repeatable)")
    add("--rounds", type=int, default=1, metavar="N", help="Submissions after the first in the other arms")
    add("--record", choices=["missing", "all"], help="Call the model and record: what is missing, or everything")
    add("--replay", choices=["fast", "full"], default="fast", help="full: through litellm, running every tool again")
    add("--model-arg", action="append", metavar="K=V", help="Argument of every model call (repeatable)")
    add("--base-url", default="", metavar="URL", help="Where an OpenAI-compatible or other server of the model answers")
    add("--sandbox", choices=RUNGS, default="auto", help="How agents' code is isolated")
    add(
        "--min-completion",
        action="append",
        metavar="P",
        help="Gate: least completion rate from 0 to 1, of the alone arm, or ARM=P (repeatable)",
    )
    add("--max-unscored", default="0.05", metavar="P", help="Share unscored, 0 to 1, above which a run is invalid")
    add(
        "--selfcheck",
        action="store_true",
        help="Check the projects instead of an agent: reference, flawed and equivalent hand-ins, adversaries, lint",
    )
    parser.addini("hapi_cassettes", "Folder of the recordings, below the root folder", default="cassettes")
    parser.addini("hapi_projects", "Folder of the client projects, below the root folder", default="projects")


def settings_of(config: pytest.Config) -> Settings:
    """Read the options; raises UsageError for a value that cannot be."""
    get = config.getoption
    models = tuple(dict.fromkeys(get("--model") or ["stand-in"]))
    if get("--agent") in UNRECORDED:
        models = (str(get("--agent")),)
    if get("--rounds") < 1:
        raise pytest.UsageError(f"--rounds {get('--rounds')}: give 1 or more")
    return Settings(
        models=models,
        arms=tuple(arm for arm in Arm if not get("--arm") or str(arm) in get("--arm")),
        categories=_categories(get("--category") or []),
        variants=_variants(get("--variant") or ["0..2" if get("--selfcheck") else "0"]),
        rounds=get("--rounds"),
        record=get("--record") or "",
        replay=get("--replay"),
        sandbox=get("--sandbox"),
        agent=get("--agent"),
        model_arguments=_model_arguments(get("--model-arg") or []),
        base_url=get("--base-url").rstrip("/"),
        gates=_gates(get("--min-completion") or []),
        max_unscored=_max_unscored(get("--max-unscored")),
        is_selfcheck=_is_selfcheck(config),
        is_whole=_is_whole(config),
    )


def _add(group: pytest.OptionGroup, name: str, **rest: Any) -> None:
    try:
        group.addoption(name, **rest)
    except ValueError:
        raise pytest.UsageError(
            f"hapi-pytest cannot add its option {name}: another plugin or conftest.py here has it already\n"
            "  fix:     run the client projects in a suite of their own, or unload the other with -p no:NAME"
        ) from None


def identity(settings: Settings, model: str) -> Identity:
    """Return who works under these settings; a stand-in's address is no part of it, for its answers are marked."""
    plain = Identity(model=model, agent=settings.agent, arguments=settings.model_arguments)
    return plain if plain.is_stand_in else msgspec.structs.replace(plain, base_url=settings.base_url)


def folder(config: pytest.Config, name: str) -> Path:
    """Return where the projects or the cassettes lie."""
    return config.rootpath / str(config.getini(f"hapi_{name}"))


def places(config: pytest.Config, settings: Settings) -> dict[str, str]:
    """Return what a run's folder says of where it came from."""
    folders = {name: str(config.getini(f"hapi_{name}")) for name in ("projects", "cassettes")}
    return folders | {"root": str(config.rootpath), "sandbox": settings.sandbox}


def _categories(names: list[str]) -> tuple[str, ...]:
    from hapi_pytest.projects import CATEGORIES

    for name in names:
        if name not in CATEGORIES:
            raise pytest.UsageError(
                f"--category {name!r}: there is none of that name\n  allowed: {', '.join(CATEGORIES)}"
            )
    return tuple(names)


def _variants(texts: list[str]) -> tuple[int, ...]:
    from hapi_pytest.projects import variant_numbers

    try:
        return tuple(sorted({number for text in texts for number in variant_numbers(text)}))
    except ValueError as error:
        raise pytest.UsageError(f"--variant {error}") from None


def _model_arguments(texts: list[str]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise pytest.UsageError(f"--model-arg {text!r}: give KEY=VALUE, for example reasoning_effort=low")
        if key in ("model", "messages", "tools", "api_key", "api_base", "stream"):
            raise pytest.UsageError(
                f"--model-arg {key}: the harness sets it; use --model or --base-url, or leave it out"
            )
        try:
            arguments[key] = json.loads(value)
        except ValueError:
            arguments[key] = value
    return dict(sorted(arguments.items()))


def _gates(texts: list[str]) -> dict[Arm, float]:
    gates = {}
    for text in texts:
        arm, equals, share = text.rpartition("=")
        try:
            value = float(share)
            gates[Arm(arm) if equals else Arm.ALONE] = value
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise pytest.UsageError(f"--min-completion {text!r}: give a share from 0 to 1, such as 0.6 or reviewed=0.6")
    return gates


def _max_unscored(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise pytest.UsageError(f"--max-unscored {text!r}: give a share from 0 to 1, such as 0.05")
    return share


def _is_selfcheck(config: pytest.Config) -> bool:
    if not config.getoption("--selfcheck"):
        return False
    for name in ("--model", "--arm", "--record", "--model-arg", "--base-url", "--min-completion"):
        if config.getoption(name):
            raise pytest.UsageError(f"--selfcheck checks the projects and asks no model: leave {name} out")
    if config.getoption("--agent") != "default":
        raise pytest.UsageError("--selfcheck runs its own agents: leave --agent out")
    return True


def _is_whole(config: pytest.Config) -> bool:
    narrowing = ("--arm", "--category", "--variant", "-k", "-m", "--deselect", "--ignore", "--lf", "--maxfail")
    is_default_path = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return is_default_path and not any(config.getoption(name, None) for name in narrowing)
