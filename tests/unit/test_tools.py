"""The four tools: what they show, what they say to misuse, and their caps."""

import io

import openpyxl
import pytest

from hapi_pytest import tools
from hapi_pytest.errors import SandboxError
from hapi_pytest.model import Limits
from hapi_pytest.tools import Toolbox
from hapi_pytest.workspace import Workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "work")
    made.lay_out({"a.txt": "Grüße\nzwei".encode(), "photo.png": b"\xff\xd8", "long.txt": b"0123456789" * 100})
    return made


@pytest.fixture
def use(workspace, scripted_sandbox):
    def use(name, limits=Limits(), sandbox=None, **arguments):  # noqa: B008  # frozen
        return Toolbox(workspace, sandbox or scripted_sandbox(), limits).use(name, arguments)

    return use


@pytest.mark.parametrize(
    ("given", "argv"),
    [({}, ("bash", "-s")), ({"language": "shell"}, ("bash", "-s")), ({"language": "python"}, ("python3", "-"))],
)
def test_a_script_runs_in_the_workspace_with_its_limit(use, scripted_sandbox, given, argv):
    sandbox = scripted_sandbox(stdout="käse\n".encode())
    assert use("run", Limits(command_seconds=7), sandbox, script="ls é", **given) == "käse\n"
    (asked,) = sandbox.ran
    assert (asked["argv"], asked["stdin"], asked["seconds"]) == (argv, "ls é".encode(), 7)
    assert "inputs/a.txt" in asked["files"]


@pytest.mark.parametrize(
    ("finished", "shown"),
    [
        ({}, "(no output)"),
        ({"stdout": b"a", "stderr": b"b"}, "a\nb\n"),
        ({"stdout": b"a\n", "exit_code": 2}, "a\n[exit code 2]\n"),
        ({"exit_code": 1}, "[exit code 1]\n"),
        ({"stdout": b"\xff"}, "\ufffd\n"),
        ({"is_output_cut": True, "stdout": b"a"}, "a\n[the output was longer and was cut]\n"),
        ({"is_timed_out": True, "exit_code": 124, "stdout": b"a"}, "a\n[stopped after 120 seconds]\n"),
    ],
)
def test_a_scripts_end_is_shown(use, scripted_sandbox, finished, shown):
    assert use("run", sandbox=scripted_sandbox(**finished), script="x") == shown


def test_a_long_output_is_capped_and_told(use, scripted_sandbox):
    shown = use("run", Limits(output_chars=500), scripted_sandbox(stdout=b"x" * 5_000), script="x")
    assert len(shown) <= 500 and shown.endswith("\n[cut: the output has 5001 characters]")


def test_a_broken_sandbox_is_not_the_agents_fault(use, workspace, scripted_sandbox):
    def breaks(folder):
        raise SandboxError("it broke")

    with pytest.raises(SandboxError):
        use("run", sandbox=scripted_sandbox(breaks), script="x")


def test_a_file_is_shown_as_text(use):
    assert use("read_file", path="inputs/a.txt") == "Grüße\nzwei"


def test_a_workbook_is_shown_by_its_values(use, workspace):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append([2, "=A1*3"])
    book.save(stream)
    workspace.write("x.xlsx", stream.getvalue())
    assert use("read_file", path="x.xlsx") == "[sheet Sheet]\n2\t6"


def test_a_long_file_comes_in_parts_that_make_the_whole(use):
    limits, parts, offset = Limits(output_chars=500), [], 0
    while True:
        shown = use("read_file", limits, path="inputs/long.txt", offset=offset)
        assert len(shown) <= 500
        text, cut, more = shown.partition("\n[cut: ")
        parts.append(text)
        if not cut:
            break
        offset = int(more.rpartition("offset=")[2].rstrip("]"))
        assert more.startswith(f"{offset} of 1000 characters shown")
    assert "".join(parts) == "0123456789" * 100 and len(parts) == 4


def test_an_offset_behind_the_end_shows_nothing_and_breaks_nothing(use):
    assert "cut" not in use("read_file", path="inputs/a.txt", offset=10_000)


def test_a_negative_offset_is_misuse(use):
    assert use("read_file", path="inputs/long.txt", offset=-5).startswith("error: read_file: ")


def test_a_file_is_written_and_counted_in_characters(use, workspace):
    assert use("write_file", path="deliverable/x/ü.txt", content="Grüße") == "wrote 5 characters to deliverable/x/ü.txt"
    assert workspace.read("deliverable/x/ü.txt") == "Grüße".encode()


@pytest.mark.parametrize(("given", "shown"), [({}, "handed in"), ({"note": "done"}, "handed in: done")])
def test_submitting_says_so(use, given, shown):
    assert use("submit", **given) == shown


def test_a_long_note_is_cut(use):
    assert use("submit", note="x" * 1_000) == "handed in: " + "x" * 200


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("browse", {}, "error: there is no tool 'browse'; the tools are run, read_file, write_file, submit"),
        ("use", {}, "error: there is no tool 'use'"),
        ("_capped", {"text": "x"}, "error: there is no tool '_capped'"),
        ("run", {}, "error: run: missing a required argument: 'script'"),
        ("run", {"script": "x", "cwd": "/"}, "error: run: got an unexpected keyword argument 'cwd'"),
        ("run", {"script": "x", "language": "ruby"}, "error: run: language must be one of shell, python, not 'ruby'"),
        ("run", {"script": "x", "language": []}, "error: run: "),
        ("run", {"script": 5}, "error: run: "),
        ("run", {"script": None}, "error: run: "),
        ("run", {"script": "\ud800"}, "error: run: "),
        ("read_file", {}, "error: read_file: missing a required argument: 'path'"),
        ("read_file", {"path": "no.txt"}, "error: read_file: no.txt: No such file or directory"),
        ("read_file", {"path": "inputs"}, "error: read_file: inputs: is not a file"),
        ("read_file", {"path": "../x"}, "error: read_file: ../x: lies outside the workspace"),
        ("read_file", {"path": "/etc/passwd"}, "error: read_file: /etc/passwd: lies outside the workspace"),
        ("read_file", {"path": "a\0"}, "error: read_file: 'a\\x00': is not a path"),
        ("read_file", {"path": "inputs/photo.png"}, "error: read_file: inputs/photo.png: is a binary file of 2 bytes"),
        ("read_file", {"path": 5}, "error: read_file: "),
        ("read_file", {"path": None}, "error: read_file: "),
        ("read_file", {"path": []}, "error: read_file: "),
        ("read_file", {"path": {}}, "error: read_file: "),
        ("read_file", {"path": "inputs/a.txt", "offset": "x"}, "error: read_file: "),
        ("read_file", {"path": "inputs/a.txt", "offset": 1.5}, "error: read_file: "),
        ("write_file", {"path": "x"}, "error: write_file: missing a required argument: 'content'"),
        ("write_file", {"path": "inputs", "content": "x"}, "error: write_file: inputs: is not a file"),
        ("write_file", {"path": "", "content": "x"}, "error: write_file: : is not a file"),
        ("write_file", {"path": "../x", "content": "x"}, "error: write_file: ../x: lies outside the workspace"),
        ("write_file", {"path": "x", "content": {}}, "error: write_file: "),
        ("write_file", {"path": "x", "content": "\ud800"}, "error: write_file: "),
        ("submit", {"note": 5}, "error: submit: "),
        ("submit", {"files": []}, "error: submit: got an unexpected keyword argument 'files'"),
    ],
)
def test_misuse_comes_back_as_text(use, workspace, name, given, told):
    before = list(workspace.everything().files)
    assert use(name, **given).startswith(told)
    assert list(workspace.everything().files) == before


def test_every_tool_has_a_schema_that_its_arguments_fit():
    import inspect

    for schema in tools.schemas():
        function = schema["function"]
        parameters = inspect.signature(getattr(Toolbox, function["name"])).parameters
        offered = function["parameters"]
        assert list(parameters)[1:] == sorted(offered["properties"], key=list(parameters).index)
        required = [name for name, p in parameters.items() if p.default is p.empty and name != "self"]
        assert offered["required"] == required and offered["additionalProperties"] is False
        assert function["description"]
    assert [s["function"]["name"] for s in tools.schemas()] == ["run", "read_file", "write_file", "submit"]


def test_digests_name_every_tool_and_the_version():
    digests = tools.digests()
    assert list(digests) == ["version", "run", "read_file", "write_file", "submit"]
    assert digests == tools.digests() and len(set(digests.values())) == 5


@pytest.mark.parametrize(
    ("name", "arguments", "starts"),
    [
        ("run", {"script": "ls"}, True),
        ("read_file", {"path": "inputs/a.XLSX"}, True),
        ("read_file", {"path": "inputs/a.txt"}, False),
        ("read_file", {"path": 7}, False),
        ("read_file", {}, False),
        ("write_file", {"path": "a.docx", "content": ""}, False),
        ("submit", {}, False),
        ("teleport", {}, False),
    ],
)
def test_only_what_starts_a_process_has_to_queue(name, arguments, starts):
    assert Toolbox.starts_process(name, arguments) is starts
