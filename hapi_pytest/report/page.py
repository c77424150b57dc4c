"""The report's page, put together from its parts; a template escapes whatever it is given."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hapi_pytest import agreement, baselines, economics, scoreboard
from hapi_pytest.economics import Account, BreakEven
from hapi_pytest.intervals import FEWEST
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.recordings import UNRECORDED
from hapi_pytest.report import charts, figures, matrix
from hapi_pytest.report.engagements import Details, Engagement, engagements
from hapi_pytest.report.figures import Difference, Figure
from hapi_pytest.report.harmless import POLICY
from hapi_pytest.results import Results
from hapi_pytest.sources import Sources

DETAIL_BYTES = 3_500_000
"""What the details of all engagements may come to; the whole page stays below five megabytes."""
MOST_MISSES = 10
"""Engagements that may turn out too large for what room is left before no more are tried."""
TEXT_LINES = 400
"""Of the scoreboard as text."""


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """What one arm comes to."""

    arm: Arm
    account: Account
    seconds: float
    """Of its tests, as this run took them."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one model."""

    model: str
    agent: str
    service: str
    notices: list[str]
    projects: int
    arms: list[Arm]
    unscored: int
    outcomes: int
    completion: list[Figure]
    criteria: list[Figure]
    differences: list[Difference]
    categories: list[Figure]
    importances: list[Figure]
    rows: list[matrix.Row]
    failures: list[matrix.Failure]
    money: list[Money]
    possible_usd: float
    break_even: BreakEven | None
    text: str


def rendered(results: Results, run: Path | None) -> str:
    """Return the whole page."""
    every = engagements(results)
    environment = _environment()
    details = _details(environment, every, Details(results, Sources(run)))
    return environment.get_template("page.html").render(
        results=results,
        policy=POLICY,
        style=Markup(_style()),  # ours
        sections=[_section(results, model) for model in results.models],
        engagements=every,
        details=details,
        anchors={(item.model, item.project): item.anchor for item in reversed(every)},
        options={name: value for name, value in results.options.items() if value not in (None, "", [], ())},
        agreements=agreement.agreements(results.reviews),
        disagreements=agreement.disagreements(results.reviews, results.marks),
        economics=economics,
        hourly_usd=scoreboard.HOURLY_USD,
        most_failures=matrix.MOST_FAILURES,
        fewest=FEWEST,
    )


def _section(results: Results, model: str) -> Section:
    outcomes = results.of(model)
    arms = figures.arms(outcomes)
    both = Arm.ALONE in arms and Arm.REVIEWED in arms
    pays = economics.break_even(outcomes, scoreboard.HOURLY_USD) if both else None
    return Section(
        model=model,
        agent=outcomes[0].agent,
        service=next((outcome.service for outcome in outcomes if outcome.service), ""),
        notices=_notices(results, outcomes),
        projects=len({outcome.project for outcome in outcomes}),
        arms=arms,
        unscored=sum(outcome.status is Status.UNSCORED for outcome in outcomes),
        outcomes=len(outcomes),
        completion=[figures.completion(str(arm), outcomes, arm) for arm in arms],
        criteria=[figures.criteria(str(arm), outcomes, arm) for arm in arms],
        differences=figures.differences(outcomes),
        categories=figures.categories(outcomes),
        importances=figures.importances(results, outcomes),
        rows=matrix.rows(results, outcomes),
        failures=matrix.failures(results, outcomes),
        money=[_money(outcomes, arm) for arm in arms],
        possible_usd=sum({outcome.engagement: outcome.price_usd for outcome in outcomes}.values()),
        break_even=pays,
        text="\n".join(scoreboard.lines(outcomes)[:TEXT_LINES]),
    )


def _money(outcomes: Sequence[Outcome], arm: Arm) -> Money:
    own = [outcome for outcome in outcomes if outcome.arm is arm]
    return Money(
        arm=arm,
        account=economics.account(outcomes, arm),
        seconds=sum(outcome.seconds for outcome in own),
    )


def _notices(results: Results, outcomes: Sequence[Outcome]) -> list[str]:
    """Say what must be known before any figure is read."""
    found = []
    if any(outcome.agent not in UNRECORDED for outcome in outcomes):
        found.append(baselines.line(results.baselines, len(results.projects)))
    if any(outcome.is_stand_in for outcome in outcomes):
        found.append(scoreboard.STAND_IN_NOTICE)
    elif outcomes[0].agent in UNRECORDED:
        found.append(scoreboard.BUILT_IN_NOTICE)
    again = [outcome.made for outcome in outcomes if outcome.made > 1]
    if again:
        found.append(
            f"{len(again)} of {len(outcomes)} results rest on recordings that were made more than once, up to "
            f"{max(again)} times; the best of several tries is no measure."
        )
    return found


def _details(environment: Environment, every: Sequence[Engagement], details: Details) -> dict[str, Markup]:
    """Return the details of as many engagements as there is room for, what is incomplete first."""
    template = environment.get_template("engagement.html")
    room, found, misses = DETAIL_BYTES, {}, 0
    for engagement in sorted(every, key=lambda engagement: not engagement.is_incomplete):
        text = template.render(detail=details.of(engagement), engagement=engagement)
        size = len(text.encode(errors="replace"))
        if size <= room:
            room -= size
            found[engagement.anchor] = Markup(text)  # escaped by the template that made it
        elif (misses := misses + 1) == MOST_MISSES:
            break
    return found


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hapi_pytest.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "dollars": _dollars, "chart": _chart}
    environment.tests |= {"completed": lambda status: status is Status.COMPLETED}
    return environment


def _chart(shown: Sequence[Figure]) -> Markup:
    """Draw a chart; the library escapes the names in it."""
    return Markup(charts.dots(shown))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else f"${amount:,.2f}"


def _style() -> str:
    return (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
