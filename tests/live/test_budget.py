"""The budget of a whole run, over many workers, and what goes on when there is more of it."""

import re

from hapi_pytest.journal import AttemptLine, lines, settled
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.model import Status
from hapi_pytest.runs import LEDGER
from hapi_pytest.stand_in import StandIn
from tests.live.conftest import KEYS, Orders

CAP = 0.08


def test_eight_workers_stay_within_the_budget_and_a_larger_one_goes_on(tmp_path):
    suite = Orders(tmp_path / "suite", 16)
    with StandIn(suite.root / "projects") as service:
        priced = ("--model", "gpt-5", "--base-url", f"{service.url}/v1", "--model-arg", "max_tokens=900")
        options = ("-n", "8", "--max-cost", str(CAP))
        done = suite.run("--record", "missing", *priced, *options, environment=KEYS)
        assert done.returncode == 7, done.stdout + done.stderr
        [folder] = (suite.root / ".hapi/runs").iterdir()
        assert f"--resume {folder.name} --max-cost MORE" in done.stdout
        assert "partial: " in done.stdout
        ledger = Ledger(folder / LEDGER, CAP)
        spending = ledger.spending()
        ledger.close()
        assert 0 < spending.spent_usd <= CAP
        assert spending.overshoot_usd == spending.reserved_usd == spending.lost_usd == 0
        paid = sum(line.cost_usd or 0 for line in lines(folder) if isinstance(line, AttemptLine))
        assert 0 < paid <= spending.spent_usd
        first = {o.project for o in settled(folder) if o.status is not Status.UNSCORED}
        assert len(first) < 16

        done = suite.run("--resume", "latest", "--max-cost", "5", environment=KEYS)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "unscored: 0 of 48" in done.stdout
        [spent] = re.findall(r"spent: (\d+\.\d\d) \$ of --max-cost 5.00 \$", done.stdout)
        assert float(spent) > CAP
        assert all(o.cost_usd is not None for o in settled(folder) if o.status is not Status.UNSCORED)


def test_a_price_that_nobody_knows_is_asked_about_before_any_call(tmp_path):
    suite = Orders(tmp_path / "suite", 1)
    with StandIn(suite.root / "projects") as service:
        unknown = ("--model", "openai/of-our-own", "--base-url", f"{service.url}/v1", "--record", "missing")
        done = suite.run(*unknown, environment=KEYS)
        assert done.returncode == 4
        assert "--allow-unpriced openai/of-our-own" in done.stdout + done.stderr
        assert "hapi_prices" in done.stdout + done.stderr
        assert service.requests == 0
        done = suite.run(*unknown, "--allow-unpriced", "openai/of-our-own", environment=KEYS)
    assert "price unknown, so it counts nothing against --max-cost" in done.stdout
    assert "unscored: 0 of 3" in done.stdout
    [folder] = (suite.root / ".hapi/runs").iterdir()
    assert {o.cost_usd for o in settled(folder)} == {None}
