"""Every word that the harness says to an agent."""

from collections.abc import Iterable, Sequence

from hapi_pytest.projects import Project, Variant
from hapi_pytest.workspace import DELIVERABLE, INPUTS

SYSTEM = """\
You are a freelancer who has been hired for a small fixed-price project. Do the whole work yourself and hand in the \
finished files; a description of the work, a plan or a question instead of a file is not accepted.

You work in a folder of your own, through tools. The client's attachments lie in `{inputs}/`; the files that the \
client asked for go into `{deliverable}/` under exactly the names given in the post. Anything else you make may lie \
anywhere else in the folder. There is no internet. Programs at hand: {programs}. Python packages at hand: {packages}.

Read every attachment to its end before you start: rules and exceptions may stand in any of them. Where something is \
contradictory or missing, follow the client's words as closely as they allow. Before you hand in, open your files \
again and check them against the post, line by line. Then call `submit`.
"""

NUDGE = "Nothing has been handed in yet. Go on with the tools, and call `submit` when your files lie in `deliverable/`."

RETRY = (
    "The client has not accepted what you handed in. Your files are still where you left them. Check your work against "
    "the post and the attachments, mend what is wrong in `deliverable/`, and submit again."
)


def system_prompt(programs: Sequence[str], packages: Sequence[str]) -> str:
    """Return the default agent's system prompt."""
    return SYSTEM.format(
        inputs=INPUTS,
        deliverable=DELIVERABLE,
        programs=", ".join(programs) or "none but the shell",
        packages=", ".join(packages) or "none but the standard library",
    )


def brief_message(project: Project, variant: Variant) -> str:
    """Return the client's post as the agent gets it."""
    attachments = "\n".join(f"- {INPUTS}/{name}" for name in variant.attachments)
    deliverables = "\n".join(f"- {DELIVERABLE}/{name}" for name in project.settings.deliverables)
    return (
        f"# {project.settings.title}\n\n{variant.brief.strip()}\n\n"
        f"Fixed price: ${project.settings.price_usd:g}\n\n"
        f"Attachments:\n{attachments}\n\nHand in:\n{deliverables}\n"
    )


def review_message(
    *, wrong: Iterable[tuple[str, str]], fine: Iterable[tuple[str, str]], unclear: Iterable[tuple[str, str]] = ()
) -> str:
    """Return an expert's feedback, each criterion's statement with its note, if there is one."""
    told = _points(unclear)
    return (
        "The client had an expert look at what you handed in. It is not accepted yet.\n\n"
        f"Not met:\n{_points(wrong) or '- (the reviewer left no note)'}\n\n"
        + (f"Could not be told:\n{told}\n\n" if told else "")
        + f"Fine as it is:\n{_points(fine) or '- (nothing yet)'}\n\n"
        "Your files are still where you left them. Mend them in `deliverable/`, keep what is fine, and submit again."
    )


def _points(said: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- {statement}" + (f": {note}" if note else "") for statement, note in said)
