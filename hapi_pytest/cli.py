"""The `hapi` command."""

import argparse
from pathlib import Path


def main() -> None:
    """Run one of the subcommands."""
    parser = argparse.ArgumentParser(prog="hapi", description="Work on client projects and their recordings.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    stand_in = commands.add_parser(
        "stand-in",
        help="Serve the scripted model that the shipped recordings come from",
        description="Serve a script that answers like a model in the OpenAI, Anthropic and Gemini formats.",
    )
    stand_in.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)")
    stand_in.add_argument("--port", type=int, default=8377, help="Port; 0 takes a free one (default: %(default)s)")
    stand_in.add_argument(
        "--projects", type=Path, default=Path("projects"), help="Folder of projects (default: %(default)s)"
    )
    arguments = parser.parse_args()
    from hapi_pytest.stand_in import serve_forever

    serve_forever(arguments.host, arguments.port, arguments.projects)
