"""The command line's options: declared, read and checked once."""

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapi_pytest import given
from hapi_pytest.errors import CommandLineError
from hapi_pytest.held_out import RECORDINGS, check_target, is_held_out
from hapi_pytest.model import Arm, Limits
from hapi_pytest.recordings import UNRECORDED, Identity

MAX_COST = "10"
RUNGS = ("auto", "bwrap", "landlock", "none")


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a run's results."""

    gate_arms: tuple[Arm, ...]
    """The arms that gates without an arm of their own judge."""
    baseline: str
    """Results to compare with: a file or a run; empty for none."""
    margin: float | None
    """How much lower than the baseline's the completion rate may be, as a share."""
    is_undecided_fine: bool
    """Whether a comparison that decides nothing lets a model through."""
    results: str
    """Where the results are written besides the run's folder; empty for nowhere."""
    report: str
    """Where the report is written; empty for nowhere."""
    is_published_shown: bool
    """Whether the published study's figures stand beside one's own."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    models: tuple[str, ...]
    arms: tuple[Arm, ...]
    categories: tuple[str, ...]
    variants: tuple[int, ...]
    rounds: int
    needs_reviews: bool
    """Whether feedback must be a review of the very submission."""
    record: str
    replay: str
    sandbox: str
    agent: str
    model_arguments: Mapping[str, Any]
    base_url: str
    gates: Mapping[Arm, float]
    """Least completion rate, as a share, by arm."""
    decision: Decision
    max_unscored: float
    """Largest share of the collected tests that may end unscored in a valid run."""
    samples: int
    """How often each engagement is repeated."""
    shard: tuple[int, int] | None
    """Which part of the projects, and of how many; None for all."""
    limits: Limits
    concurrency: int
    """Conversations at once in one process."""
    max_cost_usd: float
    allow_unpriced: tuple[str, ...]
    """Models that may be asked although nobody knows what they cost."""
    tries: int
    """Requests of one model call, at most."""
    call_seconds: float
    """How long one request may take."""
    resume: str
    """Id of the run that is continued; empty for a new one."""
    is_live: bool
    """Whether models may be called."""
    is_selfcheck: bool
    """Whether the projects are to prove themselves instead of measuring an agent."""
    is_whole: bool
    """Whether nothing narrows the selection of projects and arms."""


def add_options(parser: pytest.Parser) -> None:
    """Declare the options; raises UsageError when another plugin has taken a name."""
    add = functools.partial(_add, parser.getgroup("hapi", "client projects (hapi-pytest)"))
    _add_selection(add)
    add("--record", choices=["missing", "all"], help="Call the model and record: what is missing, or everything")
    add("--replay", choices=["fast", "full"], default="fast", help="full: through litellm, running every tool again")
    add("--model-arg", action="append", metavar="K=V", help="Argument of every model call (repeatable)")
    add("--base-url", default="", metavar="URL", help="Where an OpenAI-compatible or other server of the model answers")
    add(
        "--limit",
        action="append",
        metavar="K=V",
        help=f"What one attempt may use: {', '.join(Limits.__struct_fields__)} (repeatable)",
    )
    add("--sandbox", choices=RUNGS, default="auto", help="How agents' code is isolated")
    _add_decision(add)
    _add_live_options(add)
    add(
        "--selfcheck",
        action="store_true",
        help="Check the projects instead of an agent: reference, flawed and equivalent hand-ins, adversaries, lint",
    )
    parser.addini("hapi_cassettes", "Folder of the recordings, below the root folder", default="cassettes")
    parser.addini("hapi_prices", "Table of the suite's own prices, below the root folder", default="")
    parser.addini("hapi_suite_version", "Changes when a verdict on the same hand-in can change", default="0")
    parser.addini("hapi_projects", "Folder of the client projects, below the root folder", default="projects")


def _add_selection(add: Callable[..., None]) -> None:
    """Declare who works on what."""
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
    add("--variant", action="append", metavar="K", help="Variant: a number, a range 0..6, held-out:N (repeatable)")
    add("--samples", type=int, default=1, metavar="N", help="Repeat every engagement, each with its own recording")
    add("--rounds", type=int, default=1, metavar="N", help="Submissions after the first in the other arms")
    add(
        "--reviews",
        choices=["any", "exact"],
        default="any",
        help="exact: feedback must be a review of the very submission, and never the project's notes",
    )
    add("--shard", default="", metavar="I/N", help="Only the I-th of N parts of the projects; see hapi merge")


def _add_decision(add: Callable[..., None]) -> None:
    """Declare what becomes of a run's results."""
    add(
        "--min-completion",
        action="append",
        metavar="P",
        help="Gate: least completion rate from 0 to 1, of the alone arm, or ARM=P (repeatable)",
    )
    add("--gate-arm", action="append", choices=[str(arm) for arm in Arm], help="Gate: judge this arm (default: alone)")
    add("--baseline", default="", metavar="PATH", help="Gate: compare with these results, a file or a run")
    add("--margin", default="", metavar="P", help="Gate: how much lower than the baseline is conceded, from 0 to 1")
    add("--undecided", choices=["fail", "pass"], default="fail", help="Gate: what a comparison without verdict means")
    add("--max-unscored", default="0.05", metavar="P", help="Share unscored, 0 to 1, above which a run is invalid")
    add("--results", default="", metavar="PATH", help="Write results.json there too")
    add("--report", default="", metavar="DIR", help="Write the run's report as index.html there")
    add("--published", action="store_true", help="Show the published study's figures beside one's own")


def _add_live_options(add: Callable[..., None]) -> None:
    """Declare what only runs that call a model need."""
    add("--concurrency", type=int, default=32, metavar="N", help="Live: conversations at once (default: 32)")
    add("--max-cost", default=MAX_COST, metavar="USD", help="Live: what the whole run may cost (default: 10)")
    add("--allow-unpriced", action="append", metavar="M", help="Live: call this model though its price is unknown")
    add("--tries", type=int, default=8, metavar="N", help="Live: requests for one answer, at most (default: 8)")
    add("--call-seconds", default="600", metavar="S", help="Live: how long one request may take (default: 600)")
    add("--resume", default="", metavar="RUN", help="Go on with a run: its name, its folder, or latest")


def settings_of(config: pytest.Config) -> Settings:
    """Read the options; raises UsageError for a value that cannot be."""
    get = config.getoption
    decision = _decision(get)
    variants = given.variants(get("--variant") or ["0..2" if get("--selfcheck") else "0"])
    _check_targets(decision, variants, config.rootpath)
    models = tuple(dict.fromkeys(get("--model") or ["stand-in"]))
    if get("--agent") in UNRECORDED:
        models = (str(get("--agent")),)
    return Settings(
        models=models,
        arms=tuple(arm for arm in Arm if not get("--arm") or str(arm) in get("--arm")),
        categories=given.categories(get("--category") or []),
        variants=variants,
        rounds=given.at_least_one("--rounds", get("--rounds")),
        needs_reviews=get("--reviews") == "exact",
        record=get("--record") or "",
        replay=get("--replay"),
        sandbox=get("--sandbox"),
        agent=get("--agent"),
        model_arguments=given.model_arguments(get("--model-arg") or []),
        base_url=get("--base-url").rstrip("/"),
        gates=given.gates(get("--min-completion") or [], decision.gate_arms),
        decision=decision,
        max_unscored=given.share("--max-unscored", get("--max-unscored")),
        samples=given.at_least_one("--samples", get("--samples")),
        shard=given.shard(get("--shard")),
        limits=given.limits(get("--limit") or []),
        concurrency=given.at_least_one("--concurrency", get("--concurrency")),
        max_cost_usd=given.dollars("--max-cost", get("--max-cost")),
        allow_unpriced=tuple(get("--allow-unpriced") or ()),
        tries=given.at_least_one("--tries", get("--tries")),
        call_seconds=given.seconds("--call-seconds", get("--call-seconds")),
        resume=get("--resume"),
        is_live=is_live(config),
        is_selfcheck=_is_selfcheck(config),
        is_whole=_is_whole(config),
    )


def _decision(get: Callable[[str], Any]) -> Decision:
    return Decision(
        gate_arms=given.arms("--gate-arm", get("--gate-arm") or []),
        baseline=get("--baseline"),
        margin=given.margin(get("--margin"), get("--baseline")),
        is_undecided_fine=get("--undecided") == "pass",
        results=get("--results"),
        report=get("--report"),
        is_published_shown=get("--published"),
    )


def _check_targets(decision: Decision, variants: Iterable[int], root: Path) -> None:
    """Refuse to write what is held out to where others read it."""
    for option, path in (("--results", decision.results), ("--report", decision.report)):
        try:
            if path:
                check_target(Path(path), variants, root)
        except CommandLineError as mistake:
            raise pytest.UsageError(f"{option} {mistake}") from None


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
    """Return where the projects or the cassettes lie; those of held-out variants lie where git ignores them."""
    if name == "cassettes" and any(map(is_held_out, given.variants(config.getoption("--variant") or []))):
        return config.rootpath / RECORDINGS
    return config.rootpath / str(config.getini(f"hapi_{name}"))


def is_live(config: pytest.Config) -> bool:
    """Tell whether models may be called."""
    return bool(config.getoption("--record")) and config.getoption("--agent") not in UNRECORDED


def own_prices(config: pytest.Config) -> Path | None:
    """Return the suite's own table of prices, if it names one."""
    name = str(config.getini("hapi_prices"))
    return config.rootpath / name if name else None


def _is_selfcheck(config: pytest.Config) -> bool:
    if not config.getoption("--selfcheck"):
        return False
    for name in ("--model", "--arm", "--record", "--model-arg", "--base-url", "--min-completion", "--baseline"):
        if config.getoption(name):
            raise pytest.UsageError(f"--selfcheck checks the projects and asks no model: leave {name} out")
    if config.getoption("--agent") != "default":
        raise pytest.UsageError("--selfcheck runs its own agents: leave --agent out")
    return True


def _is_whole(config: pytest.Config) -> bool:
    narrowing = (
        "--arm",
        "--category",
        "--variant",
        "--shard",
        "-k",
        "-m",
        "--deselect",
        "--ignore",
        "--lf",
        "--maxfail",
    )
    is_default_path = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return is_default_path and not any(config.getoption(name, None) for name in narrowing)
