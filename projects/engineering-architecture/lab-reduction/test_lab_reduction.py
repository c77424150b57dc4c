"""Rubric: lab reduction."""
# hapi-pytest canary 847e69c1-08be-47ee-890a-bc2c7eb553d3

import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()

LEAST = 0.0006
"""Four decimals are asked for."""
RUN = re.compile(r"(?<![A-Z0-9])R\s?(\d{3})(?!\d)", re.IGNORECASE)
FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
NOTHING = ("", "-", "–", "—", "no result")


def result_row(deliverable, board):
    """A board's row, also where its number lost zeros: only one criterion minds that."""
    rows = [row for row in deliverable.csv("results.csv") if row["board"].lstrip("0") == board.lstrip("0")]
    assert len(rows) == 1, f"results.csv: board {board} has {len(rows)} rows"
    return rows[0]


def runs_in(text):
    return [f"R{number}" for number in RUN.findall(text)]


def assert_used(deliverable, facts, board):
    """The right number of runs was used, and the right ones were not."""
    row = result_row(deliverable, board)
    assert row.number("n") == facts.n[board], f"{row.place}: n is {row['n']}"
    found = sorted(set(runs_in(row["left_out"])))
    assert found == sorted(facts.left_out[board]), f"{row.place}: left_out is {row['left_out']!r}"


def has_same_runs(deliverable, facts, board):
    """Who uses other runs of a board gets other figures; which runs count is for other criteria."""
    is_sure = board in (facts.plain_board, facts.pressed_board)
    return is_sure or result_row(deliverable, board).number("n") == facts.n[board]


def assert_mean(deliverable, facts, board):
    row = result_row(deliverable, board)
    assert abs(row.number("mean") - facts.mean[board]) <= LEAST, f"{row.place}: mean is {row['mean']}"


def places(size):
    """How many decimals two significant digits of U are."""
    assert 0.1 <= size < 9.95, f"an expanded uncertainty of {size:g} is beyond reason here"
    return 2 if size < 0.995 else 1


def reported(row, column):
    """A rounded figure as text, with a decimal point."""
    return row[column].replace(",", ".")


@rubric.critical(
    "Every board has one row under its own number",
    brief=["one row for each board of `boards.csv`", "Board numbers keep their zeros"],
)
def one_row_for_each_board(deliverable, facts):
    found = sorted(deliverable.csv("results.csv").column("board"))
    assert found == sorted(facts.boards), f"the boards are {found}"


@rubric.critical(
    "Means come from signals less zero, corrected temperatures and the right thickness",
    brief="with at least four decimals",
    attachments={"method.md": "To each reading add the correction of that thermometer"},
)
def means_are_calibrated(deliverable, facts):
    for board in facts.mean:
        if board != facts.day_board and has_same_runs(deliverable, facts, board):
            assert_mean(deliverable, facts, board)


@rubric.important(
    "Each run of the board that saw a new certificate is reduced with the one of its own day",
    brief="the way our method says",
    attachments={"method.md": "the certificate that was valid on the day of the run"},
)
def certificate_of_the_day(deliverable, facts):
    assert_mean(deliverable, facts, facts.day_board)


@rubric.critical(
    "The outlier is left out, and nothing after it in a second pass",
    brief="the way our method says",
    attachments={"method.md": "This is done once, not again with what remains"},
)
def outlier_is_left_out_once(deliverable, facts):
    assert_used(deliverable, facts, facts.outlier_board)


@rubric.important(
    "Void runs are not used, and a line written twice counts once",
    brief="`left_out` holds the numbers of all runs of that board that were not used",
    attachments={"method.md": "The logger sometimes writes a line twice; it is still one run"},
)
def void_and_double_lines(deliverable, facts):
    assert_used(deliverable, facts, facts.void_board)


@rubric.pitfall(
    "The run that a maker would rather not see is used",
    brief="the way our method says",
    attachments={"method.md": "What makers have to say about a run does not change it"},
)
def makers_wish_changes_nothing(deliverable, facts):
    assert_used(deliverable, facts, facts.damp_board)


@rubric.important(
    "The run with the wrong label counts for the board that it was measured on",
    brief="the way our method says",
    attachments={"method.md": "also where they correct the board", "runs.csv": "label wrong, this was board"},
)
def label_is_corrected(deliverable, facts):
    assert_used(deliverable, facts, facts.right_board)
    assert_used(deliverable, facts, facts.wrong_board)


@rubric.important(
    "s is the standard deviation of a sample",
    brief="`mean`, `s` and both u in mW/(m K)",
    attachments={"method.md": "standard deviation s (n - 1) of the runs left"},
)
def deviation_of_a_sample(deliverable, facts):
    for board in (facts.plain_board, facts.pressed_board):
        row = result_row(deliverable, board)
        assert abs(row.number("s") - facts.s[board]) <= 0.02 * facts.s[board], f"{row.place}: s is {row['s']}"


@rubric.critical(
    "Both uncertainties put scatter, sensor, thickness and thermometers together",
    brief="`u_combined`, `u_expanded`",
    attachments={"method.md": "u is the root of the sum of these squares"},
)
def uncertainties_are_combined(deliverable, facts):
    for board, rest in facts.rest.items():
        row = result_row(deliverable, board)
        if not has_same_runs(deliverable, facts, board):
            continue
        mean, s, n = row.number("mean"), row.number("s"), row.number("n")
        assert n >= 1, f"{row.place}: n is {n:g}"
        wanted = (s * s / n + mean * mean * rest * rest) ** 0.5
        assert abs(row.number("u_combined") - wanted) <= 0.003 * wanted, f"{row.place}: u is {row['u_combined']}"
        twice = 2 * row.number("u_combined")
        assert abs(row.number("u_expanded") - twice) <= LEAST + 0.001 * twice, f"{row.place}: U is {row['u_expanded']}"


@rubric.critical(
    "U is reported with two significant digits, half upwards, and the mean to the same place, zeros kept",
    brief="the two reported columns rounded as the method says",
    attachments={"method.md": "U to two significant digits, half upwards, and the mean to the same decimal place"},
)
def reported_as_the_method_rounds(deliverable, facts):
    for board in facts.mean:
        row = result_row(deliverable, board)
        count = places(row.number("u_expanded"))
        for column, source in (("value_reported", "mean"), ("u_reported", "u_expanded")):
            shown = reported(row, column)
            assert re.fullmatch(rf"\d+\.\d{{{count}}}", shown), f"{row.place}: {column} is {shown!r}"
            off = abs(row.number(source) - scalars.number(shown, row.place))
            assert off <= 0.5 * 10**-count + 0.0001, f"{row.place}: {column} is {shown}"


@rubric.important(
    "A board keeps its declared value only where mean and U together do not exceed it",
    brief="`keeps_declared` is yes or no",
    attachments={"method.md": "A board keeps it if mean + U, both unrounded, is not above it"},
)
def declared_value_is_judged(deliverable, facts):
    for board in facts.mean:
        row = result_row(deliverable, board)
        above = row.number("mean") + row.number("u_expanded") - facts.boards[board]["declared"]
        wanted = ("no", "false") if above > 0 else ("yes", "true")
        told = scalars.folded(row["keeps_declared"])
        assert told in wanted or (abs(above) < 0.001 and told in ("yes", "no")), f"{row.place}: it says {told!r}"


@rubric.important(
    "The board with too few runs has its row with n, and no result",
    brief="A board without a result gets its row too, with n and left_out",
    attachments={"method.md": "A board with fewer than four runs left has no result"},
)
def too_few_runs_give_no_result(deliverable, facts):
    assert_used(deliverable, facts, facts.few_board)
    row = result_row(deliverable, facts.few_board)
    for column in ("mean", "s", "u_combined", "u_expanded", "value_reported", "u_reported", "keeps_declared"):
        assert scalars.folded(row[column]) in NOTHING, f"{row.place}: {column} is {row[column]!r}"


def report_text(deliverable):
    pages = deliverable.pdf("report.pdf")
    assert len(pages) <= 2, f"report.pdf has {len(pages)} pages"
    return " ".join(" ".join(pages).split())


@rubric.important(
    "The report gives the result of every board as the csv has it, on two pages at most",
    brief=["two pages at most", "the figures being those of the csv", 'where there is none, it says "no result"'],
)
def report_gives_the_results(deliverable, facts):
    text = report_text(deliverable).casefold()
    text = text.rpartition("runs left out")[0] or text
    pieces = re.split(rf"(?<![\d.,])({'|'.join(facts.boards)})(?!\d)", text)
    missing = sorted(set(facts.boards) - set(pieces[1::2]))
    assert not missing, f"report.pdf does not name the boards {missing}"
    # A result stands behind its board's number everywhere, or before it everywhere.
    wrong = min((unlike(deliverable, facts, pieces[1::2], told) for told in (pieces[2::2], pieces[:-1:2])), key=len)
    assert not wrong, f"report.pdf does not give the results of {wrong}"
    assert "no result" in text, "report.pdf does not say that there is no result"


def unlike(deliverable, facts, boards, told):
    """Boards beside which the two reported figures stand nowhere."""
    beside = {board: [] for board in boards}
    for board, words in zip(boards, told, strict=True):
        beside[board].append({figure.replace(",", ".") for figure in FIGURE.findall(words)})
    rows = {board: result_row(deliverable, board) for board in facts.mean}
    wanted = {board: {reported(row, "value_reported"), reported(row, "u_reported")} for board, row in rows.items()}
    return [board for board, figures in wanted.items() if not any(figures <= found for found in beside[board])]


@rubric.important(
    "The report ends with the runs that were not used, each with void or outlier, and with no other",
    brief=['the heading "Runs left out" with the number of each run that was not used', "Nothing else on that list"],
)
def report_lists_the_runs_left_out(deliverable, facts):
    unused = {run for board in facts.boards for run in runs_in(result_row(deliverable, board)["left_out"])}
    assert unused, "results.csv names no run that was left out"
    _, heading, end = report_text(deliverable).casefold().rpartition("runs left out")
    assert heading, 'report.pdf has no "Runs left out"'
    listed = set(runs_in(end))
    assert listed == unused, f"the list holds {sorted(listed)}"
    for board, runs in facts.left_out.items():
        word = "outlier" if board == facts.outlier_board else "void"
        assert word in end or not listed & set(runs), f"the list does not say {word}"
        is_named = re.search(rf"(?<!\d){board}(?!\d)", end)
        assert is_named or not listed & set(runs), f"the list does not name board {board}"


def test_lab_reduction(engagement):
    engagement.assert_complete()
