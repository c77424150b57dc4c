"""Rubric that reads one file of each kind."""

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.critical("The notice is there", brief="notice.txt")
def reads_the_notice(deliverable):
    assert "Monday" in deliverable.text("notice.txt"), "notice.txt"


@rubric.critical("The book is there", brief="book.xlsx")
def reads_the_book(deliverable):
    assert deliverable.xlsx("book.xlsx").sheet("Sheet").number("B1") == 42, "book.xlsx"


@rubric.critical("The letter is there", brief="letter.docx")
def reads_the_letter(deliverable):
    assert deliverable.docx("letter.docx").text == "Yours", "letter.docx"


@rubric.critical("The plan is there", brief="plan.svg")
def reads_the_plan(deliverable):
    assert deliverable.xml("plan.svg").all("title"), "plan.svg"


@rubric.critical("The count comes down to one", brief="count.txt")
def counts_down(deliverable):
    number = int(deliverable.text("count.txt"))
    while number != 1:
        number = 3 * number + 1 if number % 2 else number // 2


@rubric.critical("The program prints the answer", brief="run.py")
def runs_the_program(deliverable, sandbox):
    ran = sandbox.run(["python3", "run.py"], {"run.py": deliverable.read("run.py")}, seconds=2)
    assert ran.stdout == "42\n", f"run.py printed {ran.stdout!r}"


def test_attack(engagement):
    engagement.assert_complete()
