"""The run's ledger: what was spent and what calls in flight may cost, shared by its threads and processes.

Money is kept in whole billionths of a dollar, rounded up. What is settled and what is reserved together never exceed
the cap, whichever processes reserve at once and whichever are killed; a bill above its reservation is kept as
overshoot. The stop sign and the counts of the progress line lie in the same file, for all processes look there anyway.
"""

import math
import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from hapi_pytest.errors import BudgetError, StoppedError

NANO = 1_000_000_000
PASSING = ("in_flight", "waiting")
"""Counts that end with their process."""
BUSY_SECONDS = 60
"""How long one process waits for the file; each holds it for less than a millisecond."""
STOP_SECONDS = 0.1
"""How long the news that there is no stop sign is believed."""
DEATH_SECONDS = 0.5
"""How often a process that waits looks whether another has died."""
HAS_PROC = os.path.exists("/proc/self/stat")

SCHEMA = """
CREATE TABLE IF NOT EXISTS totals (row INTEGER PRIMARY KEY, settled INTEGER, overshoot INTEGER, calls INTEGER);
INSERT OR IGNORE INTO totals VALUES (1, 0, 0, 0);
CREATE TABLE IF NOT EXISTS reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER, birth TEXT, nano INTEGER, is_lost INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS sign (row INTEGER PRIMARY KEY, reason TEXT);
CREATE TABLE IF NOT EXISTS workers (name TEXT PRIMARY KEY, pid INTEGER, birth TEXT, counts TEXT);
"""
SUMS = """
SELECT settled, overshoot, calls,
       (SELECT coalesce(sum(nano), 0) FROM reservations WHERE NOT is_lost),
       (SELECT coalesce(sum(nano), 0) FROM reservations WHERE is_lost),
       (SELECT count(*) FROM reservations WHERE is_lost)
FROM totals
"""


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run's money is."""

    spent_usd: float
    """Settled, lost included."""
    reserved_usd: float
    """Held by calls in flight."""
    overshoot_usd: float
    """The part of what was spent that was billed above reservations."""
    lost_usd: float
    """The part of what was spent that dead processes had reserved: it may have been billed."""
    calls: int
    """Calls that were settled or lost, failed ones too."""


class Ledger:
    """One process's hand on the run's ledger, for all of its threads; raises StoppedError when the file fails."""

    def __init__(self, file: Path, cap_usd: float | None) -> None:
        self._file = file
        self._cap = None if cap_usd is None else math.floor(round(cap_usd * NANO, 3))
        self._lock = threading.Lock()
        self._me = os.getpid(), _birth(os.getpid()) or ""
        self._reason = ""
        self._looked_for_sign = self._looked_for_deaths = -math.inf
        with self._explained():
            self._database = _opened(file)

    def close(self) -> None:
        """Let go of the file; the last process to do so leaves it in one piece."""
        with self._lock:
            self._database.close()

    def reserve(self, usd: float) -> int | None:
        """Set aside what a call may cost and return an id, or None while calls in flight hold what is left.

        Raises BudgetError when what is spent leaves too little, whatever becomes of those calls.
        """
        wanted = _nano(usd)
        with self._reading() as database:  # most refusals need no more: hundreds of threads may be waiting
            sums = _sums(database)
        if not self._has_room(wanted, sums) and not self._bury(every=DEATH_SECONDS):
            return None
        with self._writing() as database:
            if not self._has_room(wanted, _sums(database)):
                return None
            row = (*self._me, wanted)
            return database.execute("INSERT INTO reservations (pid, birth, nano) VALUES (?, ?, ?)", row).lastrowid

    def settle(self, reservation: int, usd: float) -> None:
        """Replace a reservation by what was billed; raises ValueError when that was done before."""
        billed = _nano(usd)
        with self._writing() as database:
            row = database.execute("SELECT nano FROM reservations WHERE id = ?", (reservation,)).fetchone()
            if row is None:
                raise ValueError(f"reservation {reservation} was settled before")
            database.execute("DELETE FROM reservations WHERE id = ?", (reservation,))
            over = max(0, billed - row[0])
            change = "UPDATE totals SET settled = settled + ?, overshoot = overshoot + ?, calls = calls + 1"
            database.execute(change, (billed, over))

    def spending(self) -> Spending:
        """Return what was spent and reserved by all processes of the run."""
        self._bury(every=0)
        with self._reading() as database:
            sums = _sums(database)
        return Spending(
            spent_usd=sums.spent / NANO,
            reserved_usd=sums.reserved / NANO,
            overshoot_usd=sums.overshoot / NANO,
            lost_usd=sums.lost / NANO,
            calls=sums.settled_calls + sums.lost_calls,
        )

    def stop(self, reason: str) -> bool:
        """Put up the whole run's stop sign; return whether there was none, for the first reason stays."""
        with self._writing() as database:
            return database.execute("INSERT OR IGNORE INTO sign VALUES (1, ?)", (reason,)).rowcount == 1

    def stopped(self) -> str:
        """Return why the run was stopped, or nothing; an answer is at most a tenth of a second old."""
        if self._reason or time.monotonic() - self._looked_for_sign < STOP_SECONDS:
            return self._reason
        with self._reading() as database:
            found = database.execute("SELECT reason FROM sign").fetchone()
            self._reason = found[0] if found else ""
            self._looked_for_sign = time.monotonic()
            return self._reason

    def clear_stop(self) -> None:
        """Forget how far an earlier process of this run came: its stop sign and its counts, but not its spending."""
        with self._writing() as database:
            database.execute("DELETE FROM sign")
            database.execute("DELETE FROM workers")
            self._reason = ""

    def post(self, worker: str, counts: Mapping[str, int]) -> None:
        """Say how far one worker is, in place of what it said before."""
        with self._writing() as database:
            row = (worker, *self._me, msgspec.json.encode(counts).decode())
            database.execute("INSERT OR REPLACE INTO workers VALUES (?, ?, ?, ?)", row)

    def posted(self) -> Counter[str]:
        """Return the sums over all workers; what a dead one had in flight or waiting is left out."""
        with self._reading() as database:
            rows = database.execute("SELECT pid, birth, counts FROM workers").fetchall()
        total: Counter[str] = Counter()
        for pid, birth, text in rows:
            counts = msgspec.json.decode(text, type=dict[str, int])
            total.update(counts if _lives(pid, birth) else {k: n for k, n in counts.items() if k not in PASSING})
        return total

    def _has_room(self, wanted: int, sums: "_Sums") -> bool:
        """Tell whether a reservation fits now; raises BudgetError when it never will."""
        if self._cap is None:
            return True
        if sums.spent + wanted > self._cap:
            raise BudgetError(
                f"the budget is used up: {_dollars(sums.spent)} $ spent of --max-cost {_dollars(self._cap)} $, "
                f"the next call could cost {_dollars(wanted)} $; give a larger --max-cost"
            )
        return sums.spent + sums.reserved + wanted <= self._cap

    def _bury(self, *, every: float) -> bool:
        """Count what dead processes had reserved as lost, looking for them no more often than asked."""
        if time.monotonic() - self._looked_for_deaths < every:
            return False
        self._looked_for_deaths = time.monotonic()
        with self._reading() as database:
            rows = database.execute("SELECT DISTINCT pid, birth FROM reservations WHERE NOT is_lost").fetchall()
        dead = [row for row in rows if row != self._me and not _lives(*row)]
        if dead:
            with self._writing() as database:
                database.executemany("UPDATE reservations SET is_lost = 1 WHERE pid = ? AND birth = ?", dead)
        return bool(dead)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            yield self._database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained(), self._database:  # commits, or rolls back
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoppedError(
                f"{self._file}: the run's ledger cannot be read or written: {error}\n"
                "  fix:     free space on its disk and go on with --resume"
            ) from error


class _Sums(NamedTuple):
    settled: int
    overshoot: int
    settled_calls: int
    reserved: int
    lost: int
    lost_calls: int

    @property
    def spent(self) -> int:
        return self.settled + self.lost


def _opened(file: Path) -> sqlite3.Connection:
    """Connect to the ledger; one process at a time, for changing to a write-ahead log waits for nobody."""
    from filelock import FileLock  # a tenth of a second that replay does without

    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        database = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
            database.executescript(SCHEMA)
        except BaseException:
            database.close()
            raise
        return database


def _sums(database: sqlite3.Connection) -> _Sums:
    return _Sums(*database.execute(SUMS).fetchone())


def _nano(usd: float) -> int:
    """Round up to billionths of a dollar, but not for the noise in a float's last digits."""
    return math.ceil(round(usd * NANO, 3))


def _dollars(nano: int) -> str:
    return f"{nano / NANO:.4f}" if 0 < nano < NANO // 100 else f"{nano / NANO:.2f}"


def _lives(pid: int, birth: str) -> bool:
    """Tell whether a process still runs: its number may be another's by now, but not with its start time."""
    return _birth(pid) == birth


def _birth(pid: int) -> str | None:
    """Return when a process started, nothing where the host does not tell, None when it is gone or a zombie."""
    if not HAS_PROC:
        return "" if _answers(pid) else None
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()  # the command before it may hold anything
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else fields[19].decode()


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
