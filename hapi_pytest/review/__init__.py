"""Recording an expert's review in the browser: `hapi review`, a web app on this machine's loopback address."""

import getpass
import sys


def run(name: str, reviewer: str, port: int, is_blind: bool) -> int:
    """Serve the reviews of a run until Ctrl-C; returns 2 for a wrong name, reviewer or port, and otherwise 0."""
    # Web server and templates are for this command alone; the small processes of this package do without.
    from hapi_pytest.errors import CommandLineError, HapiError
    from hapi_pytest.held_out import is_held_out
    from hapi_pytest.results import found
    from hapi_pytest.review.desk import Desk
    from hapi_pytest.review.server import serve
    from hapi_pytest.runs import folder_behind

    try:
        results = found(name)
        folder = folder_behind(name)
        if folder is None:
            raise CommandLineError(
                f"{name}: these results came without their run, so there is no hand-in to review\n"
                "  fix:     name the run's folder, on the machine that made it"
            )
        if any(is_held_out(outcome.variant) for outcome in results.outcomes):
            raise CommandLineError(
                f"{folder.name}: is of held-out variants, and a review lies beside its project, for all to read\n"
                "  fix:     review a run of other variants"
            )
        desk = Desk(results, folder, reviewer or _login(), is_blind=is_blind)
        if not desk.queue.submissions and not desk.queue.troubles:
            print(f"{folder.name}: no submission is incomplete, so there is nothing to review")
            return 0
        serve(desk, port)
    except HapiError as mistake:
        print(f"hapi review: {mistake}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _login() -> str:
    """Return who is logged in; nobody has a name in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"
