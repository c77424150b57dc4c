"""The `hapi` command."""

import argparse
import sys
from pathlib import Path

from hapi_pytest.arguments import add_projects, fault, numbers, seconds


def main() -> None:
    """Run one of the subcommands and exit with its code."""
    parser = argparse.ArgumentParser(prog="hapi", description="Work on client projects and their recordings.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for declare in (_check, _compare, _export, _import, _lint, _merge, _new, _regrade, _report, _review, _stand_in):
        declare(commands)
    arguments = parser.parse_args()
    sys.exit(arguments.run(arguments))


def _check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check",
        help="Let client projects prove their rubrics",
        description="Run the self-check of pytest on projects: reference, equivalents, flaws, adversaries and lint.",
    )
    add_projects(parser)

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.check import run

        return run(arguments.paths, numbers(arguments.variant))

    parser.set_defaults(run=run)


def _compare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "compare",
        help="Tell whether one run's agent may take the place of another's",
        description="Compare two results pair by pair: what changed, a paired test, and a verdict.",
    )
    parser.add_argument("names", metavar="RESULTS", nargs=2, help="A results.json, a run's folder or name, or latest")
    parser.add_argument("--models", nargs=2, default=[], metavar="M", help="Model of each, where there are several")
    parser.add_argument("--gate-arm", action="append", default=[], metavar="ARM", help="Arm (default: alone)")
    parser.add_argument("--margin", default="", metavar="P", help="How much lower is conceded, from 0 to 1")
    parser.add_argument("--undecided", choices=["fail", "pass"], default="fail", help="What no verdict means")
    parser.add_argument("--force", action="store_true", help="Compare even other suites, projects, rubrics or limits")

    def run(arguments: argparse.Namespace) -> int:
        import pytest

        from hapi_pytest import given
        from hapi_pytest.compare import Question, run

        try:
            question = Question(
                arms=given.arms("--gate-arm", arguments.gate_arm),
                margin=given.margin(arguments.margin, "given"),
                is_undecided_fine=arguments.undecided == "pass",
            )
        except pytest.UsageError as mistake:
            parser.error(str(mistake))
        return run(arguments.names, arguments.models, question, is_forced=arguments.force)

    parser.set_defaults(run=run)


def _export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "export",
        help="Write a run's conversations and marks as logs that Inspect reads",
        description="Write one .json log of Inspect's format for each model and arm; each engagement is a sample.",
    )
    parser.add_argument("name", metavar="RUN", help="A run's folder, its name, latest, or a results.json")
    parser.add_argument("--to", type=Path, default=Path("logs"), metavar="DIR", help="Folder (default: %(default)s)")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.inspect_log import run

        return run(arguments.name, arguments.to)

    parser.set_defaults(run=run)


def _import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "import",
        help="Make skeletons of client projects from past jobs",
        description="Make a skeleton below projects/ for each row of a file of past jobs, and tell what each lacks.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="Past jobs, as .jsonl or .csv")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.authoring.command import run_import

        return run_import(arguments.file)

    parser.set_defaults(run=run)


def _lint(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "lint",
        help="Check client projects without any agent",
        description="Check client projects: citations, notes, leaks of gold values, canaries, attachments, builds.",
    )
    add_projects(parser)
    parser.add_argument(
        "--format",
        choices=["text", "github", "json"],
        default="text",
        help="Lines for people, workflow commands for GitHub Actions, or one JSON array (default: %(default)s)",
    )

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.lint.command import run

        return run(arguments.paths, numbers(arguments.variant), arguments.format)

    parser.set_defaults(run=run)


def _merge(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "merge",
        help="Merge the shards of a run into one result",
        description="Merge runs that pytest --shard 1/N .. N/N left into one run, and print its scoreboard.",
    )
    parser.add_argument("names", metavar="RUN", nargs="+", help="A run's folder, its name in .hapi/runs, or latest")
    parser.add_argument("--min-completion", action="append", default=[], metavar="P", help="Gate: as of pytest")
    parser.add_argument("--max-unscored", default="0.05", metavar="P", help="As of pytest (default: %(default)s)")

    def run(arguments: argparse.Namespace) -> int:
        import pytest

        from hapi_pytest import given
        from hapi_pytest.merge import run

        try:
            gates = given.gates(arguments.min_completion)
            max_unscored = given.share("--max-unscored", arguments.max_unscored)
        except pytest.UsageError as mistake:
            parser.error(str(mistake))
        return run(arguments.names, gates, max_unscored)

    parser.set_defaults(run=run)


def _new(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "new",
        help="Begin a client project",
        description="Write projects/CATEGORY/SLUG: a small complete project to change, or a skeleton for a brief.",
    )
    parser.add_argument("category", metavar="CATEGORY", help="One of the eight, such as writing or admin-support")
    parser.add_argument("slug", metavar="SLUG", help="The project's name in kebab-case, such as shop-notice")
    parser.add_argument("--from-brief", type=Path, metavar="FILE", help="A client's post: text, docx or pdf")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="Folder with the files that came with the post")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.authoring.command import run_new

        return run_new(arguments.category, arguments.slug, arguments.from_brief, arguments.inputs)

    parser.set_defaults(run=run)


def _regrade(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "regrade",
        help="Grade what a run was handed in once more",
        description="Grade the deliverables of a run again and compare every criterion with the run's own verdict.",
    )
    parser.add_argument("name", metavar="RUN", help="A folder of .hapi/runs, its name, or latest")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.regrade import run

        return run(arguments.name)

    parser.set_defaults(run=run)


def _report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "report",
        help="Write a run's report, one HTML file that needs no network",
        description="Write the report of a run: completion, what fails, and every engagement with its deliverable.",
    )
    parser.add_argument("name", metavar="RUN", help="A run's folder, its name, latest, or a results.json")
    parser.add_argument("--to", type=Path, default=Path("report"), metavar="DIR", help="Folder (default: %(default)s)")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.report import run

        return run(arguments.name, arguments.to)

    parser.set_defaults(run=run)


def _review(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "review",
        help="Record an expert's review of what a run left incomplete, in the browser",
        description="Serve the incomplete submissions of a run to an expert's browser on this machine.",
    )
    parser.add_argument("name", metavar="RUN", help="A run's folder, its name, or latest")
    parser.add_argument("--reviewer", default="", metavar="NAME", help="Who reviews (default: who is logged in)")
    parser.add_argument("--port", type=int, default=0, help="Port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--blind", action="store_true", help="Hide model, arm and the checks' own marks")

    def run(arguments: argparse.Namespace) -> int:
        from hapi_pytest.review import run

        return run(arguments.name, arguments.reviewer, arguments.port, arguments.blind)

    parser.set_defaults(run=run)


def _stand_in(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "stand-in",
        help="Serve the scripted model that the shipped recordings come from",
        description="Serve a script that answers like a model in the OpenAI, Anthropic and Gemini formats.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8377, help="Port; 0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--projects", type=Path, default=Path("projects"), help="Folder of projects (default: %(default)s)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        type=fault,
        default=[],
        metavar="KIND[=VALUE][@WHEN]",
        help="Something to go wrong, such as 429=2@share:0.1 (repeatable; a wrong one lists what is allowed)",
    )
    parser.add_argument(
        "--latency",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="How long each answer takes to come (default: 0)",
    )

    def run(arguments: argparse.Namespace) -> None:
        from hapi_pytest.stand_in import serve_forever

        serve_forever(
            arguments.host,
            arguments.port,
            arguments.projects,
            faults=arguments.fault,
            latency_seconds=arguments.latency,
        )

    parser.set_defaults(run=run)
