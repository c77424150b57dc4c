"""Keys reach no file."""

from hapi_pytest.testing import ScriptedModel

CANARY = "sk-proj-canary0123456789abcdefghijklmnop"
ODD = "canary-7f3e91-odd-shape"


def holds(root, needle):
    return [file for file in root.rglob("*") if file.is_file() and needle.encode() in file.read_bytes()]


def test_recording_leaves_no_key_in_any_file(bare_suite):
    script = [
        f"My key is {CANARY} and the other is {ODD}.",
        [("run", {"script": "env; cat /proc/self/environ | tr '\\0' '\\n'"})],
        [("write_file", {"path": "deliverable/notice.txt", "content": "Closed."}), ("submit", {"note": ODD})],
    ]
    environment = {"OPENAI_API_KEY": CANARY, "SOME_SECRET": ODD}
    with ScriptedModel(script) as model:
        arguments = ("--model", "openai/scripted", "--base-url", model.url, "-k", "shop_notice and alone")
        done = bare_suite.run(*arguments, "--record", "missing", environment=environment)
        assert done.returncode == 1, done.stdout
        assert model.headers[0]["authorization"] == f"Bearer {CANARY}"
        replayed = bare_suite.run(*arguments)
    assert replayed.returncode == 1, replayed.stdout
    assert holds(bare_suite.root, CANARY) == []
    assert holds(bare_suite.root, ODD) == []
    assert holds(bare_suite.root, "[scrubbed]")


def test_a_key_in_a_file_of_the_workspace_is_not_recorded(bare_suite):
    script = [[("run", {"script": "mkdir draft; printf canary-7f3e91- > draft/leak; printf odd-shape >> draft/leak"})]]
    with ScriptedModel([*script, [("submit", {})]]) as model:
        arguments = ("--model", "openai/scripted", "--base-url", model.url, "-k", "shop_notice and alone")
        done = bare_suite.run(*arguments, "--record", "missing", environment={"SOME_SECRET": ODD})
    assert "1 error" in done.stdout
    assert "the agent's file 'draft/leak' holds a secret key" in done.stdout
    assert holds(bare_suite.root, ODD) == []


def test_a_key_pasted_by_hand_fails_before_any_test(suite, run_args):
    file = suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.http.json"
    file.write_text(file.read_text().replace('"version": 1', f'"version": 1, "key": "{CANARY}"'))
    done = suite.run(*run_args)
    assert done.returncode == 4
    text = done.stdout + done.stderr
    assert "v0-alone.http.json: holds what looks like a secret key (sk-proj-…)" in text
    assert CANARY not in text
