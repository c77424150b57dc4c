"""From the browser into the next run: the agent is sent what the expert entered, and nothing else."""

import json
import re

from hapi_pytest.results import found
from hapi_pytest.review.desk import Desk
from tests.plugin.conftest import BARE, copied, recorded_suite, suite
from tests.review.test_browser import Tab

__all__ = ["copied", "recorded_suite", "suite"]  # fixtures of the plugin's tests

NOTES = {
    "total-is-right": "Add the nights up again:\nnot every line counts twice.",
    "sorted-by-name": 'By family name, "von" and all.',
}


def test_the_next_run_hands_over_exactly_these_notes(browser, suite, served):
    suite.run(*BARE)
    run = max((suite.root / ".hapi/runs").iterdir())
    app = served(Desk(found(str(run)), run, "Ada", is_blind=False))
    tab = Tab(browser, app.address + "/")
    tab.page.get_by_role("link", name="Guest list").first.click()
    for fieldset in tab.page.locator("fieldset[data-criterion]").all():
        name = fieldset.get_attribute("data-criterion")
        tab.mark(name, "fail" if name in NOTES else "pass", NOTES.get(name, ""))
    tab.page.get_by_role("button", name="Finish").click()
    tab.page.get_by_text("saved as projects/admin-support/guest-list/reviews/").wait_for()

    done = suite.run(*BARE, "--arm", "reviewed", "--record", "missing", "-k", "guest_list")
    assert re.search(r"exact reviews +1/1 100 %", done.stdout), done.stdout + done.stderr
    [file] = suite.root.glob("cassettes/stand-in/*/guest-list/v0-reviewed.json")
    [opening] = json.loads(file.read_bytes())["turns"][0]["messages"]
    told = opening["content"].partition("Not met:\n")[2].partition("\n\nFine as it is:")[0]
    criteria = found(str(run)).projects["admin-support/guest-list"].criteria
    assert told == "\n".join(
        f"- {criterion.statement}: {NOTES[name]}" for name, criterion in criteria.items() if name in NOTES
    )
