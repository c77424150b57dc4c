"""Several handed-in programs at once, in one sandbox."""

import time

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.programs import Program, Programs


@pytest.fixture(params=["auto", "landlock", "none"])
def programs(request, sandbox) -> Programs:
    from hapi_pytest.sandbox import choose

    sandbox()  # where no rung holds, that is told
    return Programs(lambda: choose(request.param))


def script(text: str, *arguments: str, stdin: str = "") -> Program:
    return Program(["python3", "run.py", *arguments], {"run.py": text}, stdin)


def test_each_has_its_own_folder_arguments_and_input(programs):
    text = "import sys, os\nprint(sys.argv, __name__, sys.stdin.read(), sorted(os.listdir()))\n"
    text += "open('made', 'w').write('x')"
    ran = programs.run_all({name: script(text, name, stdin=f"in {name}") for name in ("a", "b", "c")})
    for name in ("a", "b", "c"):
        assert ran[name].stdout == f"['run.py', '{name}'] __main__ in {name} ['run.py']\n"
        assert (ran[name].exit_code, ran[name].stderr, ran[name].files["made"]) == (0, "", b"x")


def test_ends_are_told_as_those_of_one(programs):
    several = {
        "exits": script("import sys; print('out'); sys.exit(3)"),
        "says why": script("raise SystemExit('no input')"),
        "crashes": script("1/0"),
        "killed": script("import os; os.kill(os.getpid(), 9)"),
        "is no Python": script("if"),
        "with options": Program(["python3", "-S", "-c", "print(1)"]),
        "shell": Program(["sh", "-c", "cat; exit 4"], stdin="said"),
        "missing": Program(["no-such-program"]),
    }
    ran = programs.run_all(several)
    ends = {name: (ran[name].exit_code, ran[name].stdout) for name in several}
    assert ends == {
        "exits": (3, "out\n"),
        "says why": (1, ""),
        "crashes": (1, ""),
        "killed": (137, ""),
        "is no Python": (1, ""),
        "with options": (0, "1\n"),
        "shell": (4, "said"),
        "missing": (127, ""),
    }
    assert ran["says why"].stderr == "no input\n" and "ZeroDivisionError" in ran["crashes"].stderr
    assert "no-such-program" in ran["missing"].stderr


def test_what_a_program_leaves_to_its_end_is_done(programs):
    text = "import atexit, threading, time\natexit.register(print, 'bye')\nf = open('made', 'w'); f.write('kept')\n"
    text += "threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()\nprint('main')"
    ran = programs.run_all({"a": script(text)})["a"]
    assert (ran.stdout, ran.files["made"]) == ("main\nthread\nbye\n", b"kept")


def test_modules_beside_the_script_are_found(programs):
    files = {
        "run.py": "import mine, json\nprint(mine.X, json.dumps([1]))",
        "mine.py": "X = 7",
        "json.py": "dumps = len",
    }
    assert programs.run_all({"a": Program(["python3", "run.py"], files)})["a"].stdout == "7 1\n"


def test_one_that_takes_too_long_is_stopped_and_the_others_are_not(programs):
    several = {
        "late": script("import os\nif os.fork() == 0: os.setsid()\nwhile True: pass"),
        "soon": script("print('done')"),
    }
    start = time.monotonic()
    ran = programs.run_all(several, seconds=1)
    assert ran["soon"].stdout == "done\n" and time.monotonic() - start < 15
    with pytest.raises(DeliverableError, match=r"^python3 run\.py: was stopped after 1 seconds$"):
        ran["late"]


def test_one_that_brings_the_others_down_fails_them_all(programs):
    several = {"killer": script("import os, time; os.kill(os.getppid(), 9); time.sleep(5)"), "other": script("1")}
    with pytest.raises(DeliverableError, match="the programs that were handed in ended together: "):
        programs.run_all(several)


def test_what_fits_beside_the_others_is_whole(programs):
    several = {str(n): script("print('x' * 9_999)") for n in range(16)}
    flood = script("print('y' * 5_000_000)")
    ran = programs.run_all(several | {"flood": flood})
    assert {len(ran[name].stdout) for name in several} == {10_000}
    assert len(ran["flood"].stdout) == 675_000 - 160_000
    assert programs.run_all({"a": script("print('x' * 600_000)")})["a"].stdout == "x" * 600_000 + "\n"


def test_much_output_is_cut_and_odd_bytes_are_replaced(programs):
    text = "import sys\nsys.stdout.buffer.write(b'\\xff' * 5_000_000)\nsys.stderr.buffer.write(b'\\0' * 5_000_000)"
    ran = programs.run_all({str(n): script(text) for n in range(3)})
    for n in range(3):
        assert len(ran[str(n)].stdout) > 10_000 and set(ran[str(n)].stdout) == {"\ufffd"}


def test_the_same_runs_are_made_once(scripted_sandbox):
    told = b'[[0,"b25l",""],[1,"","dHdv"]]'
    sandbox = scripted_sandbox(stdout=told)
    programs = Programs(lambda: sandbox)
    several = {"a": Program(["x"], {"f": "1"}), "b": Program(["x"], {"f": "2"})}
    first, again = programs.run_all(several), programs.run_all(dict(several))
    assert first["a"] is again["a"] and first["a"].stdout == "one" and first["b"].stderr == "two"
    programs.run_all({"a": several["a"], "b": Program(["x"], {"f": "3"})})
    assert len(sandbox.ran) == 2


def test_the_same_run_is_made_once(scripted_sandbox):
    sandbox = scripted_sandbox(stdout=b"one")
    programs = Programs(lambda: sandbox)
    first, again = (programs.run(["x"], {"f": "1"}, stdin="in") for _ in range(2))
    assert first is again and first.stdout == "one" and len(sandbox.ran) == 1
    programs.run(["x"], {"f": "1"}, stdin="other")
    assert len(sandbox.ran) == 2


@pytest.mark.parametrize("asks", [lambda p: p.run(["x"], {}), lambda p: p.run_all({"a": Program(["x"])})])
def test_what_fails_is_not_tried_again(scripted_sandbox, asks):
    sandbox = scripted_sandbox(exit_code=124, is_timed_out=True)
    programs = Programs(lambda: sandbox)
    for _ in range(2):
        with pytest.raises(DeliverableError, match=r"stopped after|ended together"):
            asks(programs)
    assert len(sandbox.ran) == 1


@pytest.mark.parametrize("told", [b"", b"[]", b"null", b'[[0,"",""]]', b"Traceback"])
def test_an_answer_that_is_none_is_the_programs_doing(scripted_sandbox, told):
    sandbox = scripted_sandbox(stdout=told, stderr=b"sandbox: too many processes")
    with pytest.raises(DeliverableError, match="ended together: sandbox: too many processes"):
        Programs(lambda: sandbox).run_all({"a": Program(["x"]), "b": Program(["x"])})
