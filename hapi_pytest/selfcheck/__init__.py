"""Projects that prove their own rubrics: what must complete completes, what must not does not."""

from hapi_pytest.selfcheck.checks import CHECKS
from hapi_pytest.selfcheck.finding import Finding
from hapi_pytest.selfcheck.prover import Prover
from hapi_pytest.selfcheck.table import listed, table

__all__ = ["CHECKS", "Finding", "Prover", "listed", "table"]
