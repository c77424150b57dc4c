"""The files that the client wants back as they are."""

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import office_bytes


def build(draw: Draw) -> Inputs:
    """Build one file of each kind."""
    import docx
    import openpyxl

    book, letter = openpyxl.Workbook(), docx.Document()
    book.worksheets[0].append(["Answer", 42])
    letter.add_paragraph("Yours")
    files: dict[str, str | bytes] = {
        "notice.txt": "Closed on Monday.\n",
        "book.xlsx": office_bytes(book),
        "letter.docx": office_bytes(letter),
        "plan.svg": "<svg><title>Plan</title></svg>",
        "count.txt": "27\n",
        "run.py": "print(42)\n",
    }
    return Inputs(files=files, given={}, gold={"files": files})
