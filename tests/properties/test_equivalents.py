"""The same work in another form is as good as before, and the same mistake as bad."""

import csv
import functools
import importlib.util
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.grading import grade
from hapi_pytest.projects import Project, Variant, discover, load, rubric_file
from hapi_pytest.rubric import Rubric

TESTS = Path(__file__).parents[1]
FOLDERS = [*discover(TESTS.parent / "projects"), *discover(TESTS / "plugin" / "suite" / "projects")]
VARIANTS = st.integers(0, 6)

every_project = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def rubric_of(project: Project) -> Rubric:
    spec = importlib.util.spec_from_file_location(f"rubric_{project.slug}", rubric_file(project.folder))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.rubric


def failed(project: Project, variant: Variant, files: Mapping[str, bytes], sandbox) -> dict[str, str]:
    """Return the criteria that files fail, and why."""
    with tempfile.TemporaryDirectory() as folder:
        verdict = grade(rubric_of(project), Deliverable.written(Path(folder), files), variant.facts, sandbox)
    return {mark.criterion: mark.reason for mark in verdict.failed}


def is_slow(project: Project) -> bool:
    """Whether grading runs what was handed in."""
    return any("sandbox" in criterion.arguments for criterion in rubric_of(project).criteria)


# What no brief minds. Each rewriting takes Hypothesis' draw and a file's content.
def columns_moved(draw, content: bytes) -> bytes:
    rows = rows_of(content)
    order = draw(st.permutations(range(len(rows[0]))))
    return written([[row[index] for index in order] for row in rows], separator(content), csv.QUOTE_MINIMAL)


def fields_quoted(draw, content: bytes) -> bytes:
    return written(rows_of(content), separator(content), csv.QUOTE_ALL)


def byte_order_mark(draw, content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")


def windows_line_ends(draw, content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def empty_lines_at_the_end(draw, content: bytes) -> bytes:
    return content.rstrip() + b"\n" * draw(st.integers(0, 4))


def indented(draw, content: bytes) -> bytes:
    indent = draw(st.sampled_from([None, 0, 1, 4, "\t"]))
    is_escaped = content.isascii()  # stays so: in one project that is a flaw
    return json.dumps(json.loads(content), indent=indent, ensure_ascii=is_escaped).encode()


def keys_sorted(draw, content: bytes) -> bytes:
    return json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False).encode()


def letters_escaped(draw, content: bytes) -> bytes:
    return json.dumps(json.loads(content)).encode()


def xml_declared(draw, content: bytes) -> bytes:
    return content if content.startswith(b"<?xml") else b'<?xml version="1.0" encoding="UTF-8"?>\n' + content


def packed_again(draw, content: bytes) -> bytes:
    """Office files are archives; how tightly and in which order they are packed is nobody's business."""
    packed = io.BytesIO()
    how = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", how) as new:
        for name in draw(st.permutations(old.namelist())):
            new.writestr(name, old.read(name))
    return packed.getvalue()


def separator(content: bytes) -> str:
    return max(",;\t", key=content.split(b"\n", 1)[0].decode().count)


def rows_of(content: bytes) -> list[list[str]]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return [row for row in csv.reader(text, delimiter=separator(content)) if row]


def written(rows, delimiter: str, quoting: int) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


Rewriting = Callable[[Callable, bytes], bytes]
TEXT = (windows_line_ends, empty_lines_at_the_end)
REWRITINGS: dict[str, tuple[Rewriting, ...]] = {
    ".csv": (*TEXT, columns_moved, fields_quoted, byte_order_mark),
    ".json": (*TEXT, indented, keys_sorted, letters_escaped),
    ".svg": (*TEXT, xml_declared),
    **dict.fromkeys((".ics", ".dxf"), (windows_line_ends,)),
    **dict.fromkeys((".css", ".html", ".md", ".po", ".py", ".srt", ".strings", ".txt"), TEXT),
    **dict.fromkeys((".docx", ".pptx", ".xlsx"), (packed_again,)),
    **dict.fromkeys((".pdf", ".stl"), ()),
}
# One client lays de.json beside en.json, and reads the umlauts; another's import goes by the places of columns.
MINDED = {"ui-strings": {keys_sorted, letters_escaped}, "search-ads": {columns_moved}}
EXTRAS = {
    "how-i-did-it.md": b"# What I did\n\nI read everything twice.\n",
    "__pycache__/convert.cpython-311.pyc": b"\xa7\r\r\n" + bytes(60),
    ".DS_Store": b"\x00\x00\x00\x01Bud1",
    "drafts/first.csv": b"a;b\n1;2\n",
    "drafts/broken.json": b"{",
    "~$release.docx": b"\x05Anna",
}


@st.composite
def rewritten(draw, project: Project, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files, each rewritten in some ways, and files that nobody asked for."""
    result = {}
    for name, content in files.items():
        ways = [way for way in REWRITINGS[PurePath(name).suffix] if way not in MINDED.get(project.slug, ())]
        for way in draw(st.lists(st.sampled_from(ways), unique=True)) if ways else ():
            content = way(draw, content)
        result[name] = content
    return result | draw(st.fixed_dictionaries({}, optional={name: st.just(extra) for name, extra in EXTRAS.items()}))


def some(names: Mapping[str, object]) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(sorted(names)))


@every_project
def test_the_same_work_in_any_form_completes(folder, sandbox):
    project = load(folder)

    @settings(max_examples=2 if is_slow(project) else 4)
    @given(st.data(), VARIANTS, some(project.equivalents))
    def holds(data, number, forms):
        variant = project.variant(number)
        files = data.draw(rewritten(project, project.reference(variant, forms)))
        assert failed(project, variant, files, sandbox) == {}

    holds()


@every_project
def test_a_flaw_fails_what_it_names_in_any_form(folder, sandbox):
    project = load(folder)

    @settings(max_examples=2 if is_slow(project) else 4)
    @given(st.data(), VARIANTS, some(project.equivalents), st.sampled_from(sorted(project.flaws)))
    def holds(data, number, forms, flaw):
        variant = project.variant(number)
        files = data.draw(rewritten(project, project.reference(variant, {flaw, *forms})))
        assert failed(project, variant, files, sandbox).keys() == set(project.flaws[flaw])

    holds()


@every_project
def test_each_equivalent_completes_alone_and_with_all_others(folder, sandbox):
    project = load(folder)
    forms = [{name} for name in project.equivalents] + [set(project.equivalents)]
    variants = [project.variant(number) for number in range(4)]
    plain = functools.cache(lambda number: project.reference(variants[number]))
    for form in forms:
        assert any(project.reference(each, form) != plain(each.number) for each in variants), form
        assert failed(project, variants[0], project.reference(variants[0], form), sandbox) == {}, form


@every_project
def test_there_are_two_equivalents_with_reasons_and_names_of_their_own(folder):
    project = load(folder)
    assert len(project.equivalents) >= 2
    assert not project.equivalents.keys() & project.flaws.keys()
    assert all(reason.strip() for reason in project.equivalents.values())


@every_project
def test_each_criterion_has_a_flaw_that_fails_nothing_else(folder):
    project = load(folder)
    alone = {criteria[0] for criteria in project.flaws.values() if len(criteria) == 1}
    assert {criterion.id for criterion in rubric_of(project).criteria} - alone == set()
