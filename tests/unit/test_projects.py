"""A project folder is read, filled and built; every author's mistake is told with what mends it."""

import datetime

import pytest

from hapi_pytest import Draw, Facts, Inputs
from hapi_pytest.digests import canonical_digest
from hapi_pytest.errors import ProjectError
from hapi_pytest.projects import (
    CATEGORIES,
    Project,
    Settings,
    attachment_texts,
    discover,
    filled,
    load,
    rubric_file,
)
from hapi_pytest.tomlfile import read_text, read_toml

KEYS = "title, category, price_usd, skills, deliverables, posted, published, canary, provenance"


def assert_told(
    error: ProjectError, file: str, key: str = "", value: str = "", allowed: str = "", fix: str = ""
) -> None:
    text = str(error)
    assert text.split(": ")[0].endswith(file)
    for label, part in (("key", key), ("value", value), ("allowed", allowed), ("fix", fix)):
        lines = [line for line in text.splitlines() if line.startswith(f"  {label}:")]
        assert not part or (len(lines) == 1 and part in lines[0]), f"{label} {part!r} is not told in\n{text}"
    assert [line for line in text.splitlines() if line.startswith("  fix: ")]


def mistake(folder) -> ProjectError:
    """Whatever is wrong, found by reading the project, building a variant or its reference."""

    def use() -> None:
        project = Project(folder)
        project.reference(project.variant(0))
        _ = project.flaws

    with pytest.raises(ProjectError) as caught:
        use()
    return caught.value


def test_a_sound_project_is_read(make_project):
    project = Project(make_project())
    assert (project.id, project.category, project.slug) == ("writing/shop-notice", "writing", "shop-notice")
    assert project.settings.posted == datetime.date(2026, 3, 31) and project.settings.price_usd == 60
    assert project.feedback.minutes == 12 and repr(project) == "<project writing/shop-notice>"
    assert project.flaws == {"forgets_the_day": ("names-the-day",)}


def test_a_variant_is_filled_with_its_facts(make_project):
    variant = Project(make_project()).variant(0)
    assert variant.given["shop"] in variant.brief and "{" not in variant.brief
    assert variant.notes["names-the-day"].startswith(f"Customers of {variant.given['shop']} must")
    assert variant.facts.words == variant.gold["words"] == 41 and variant.facts.shop == variant.given["shop"]


def test_a_variant_is_built_once_and_alike_everywhere(make_project):
    folder = make_project()
    one, other = Project(folder), Project(folder)
    assert one.variant(3) is one.variant(3)
    assert one.variant(3).attachments == other.variant(3).attachments and one.variant(3).brief == other.variant(3).brief


def test_variants_differ(make_project):
    project = Project(make_project())
    assert len({project.variant(number).brief for number in range(12)}) > 1


def test_the_reference_is_built_from_the_facts(make_project):
    project = Project(make_project())
    variant = project.variant(0)
    accepted, flawed = project.reference(variant), project.reference(variant, ["forgets_the_day"])
    assert accepted == {"notice.txt": f"{variant.facts.shop} is closed {variant.facts.day}".encode()}
    assert flawed == {"notice.txt": f"{variant.facts.shop} is closed ".encode()}


def test_attachments_lie_in_a_folder_or_are_built_or_both(make_project):
    files = {"inputs/logo/a.svg": "<svg/>", "inputs/z.txt": "z"}
    variant = Project(make_project(files)).variant(0)
    assert list(variant.attachments) == ["logo/a.svg", "rules.md", "z.txt"]
    assert variant.digests["z.txt"] == canonical_digest("z.txt", b"z")
    assert attachment_texts(variant)["z.txt"] == "z"


def test_a_project_needs_no_inputs(make_project):
    files = {"inputs.py": None, "brief.md": "Write.", "feedback.toml": None}
    feedback = 'reviewer = "x"\nminutes = 1\nrecorded = 2026-01-01\nrecorded_on = "x"\nis_authored = true\n[notes]\n'
    variant = Project(make_project({**files, "feedback.toml": feedback})).variant(0)
    assert variant.attachments == {} and variant.brief == "Write." and repr(variant.facts) == "facts"


def test_projects_are_found_sorted(make_project, tmp_path):
    make_project(category="writing")
    make_project(category="admin-support")
    make_project(dict.fromkeys(("project.toml", "brief.md")), category="translation")
    assert [folder.parent.name for folder in discover(tmp_path)] == ["admin-support", "writing"]


def test_a_folder_is_read_once(make_project):
    folder = make_project()
    assert load(folder) is load(folder)


def test_the_rubrics_file_is_named_after_the_folder(make_project):
    assert rubric_file(make_project()).name == "test_shop_notice.py"


def test_an_unknown_fact_is_told_with_those_there_are():
    with pytest.raises(AttributeError, match=r"inputs\.py gives no fact named 'z'; it gives a, b"):
        _ = Facts({"b": 1, "a": 2}).z


def test_braces_that_are_no_placeholder_stay(tmp_path):
    text = 'body { color: red } {} {1} {Name} {"a": 1} {a-b}'
    assert filled(text, {"a": 1}, tmp_path) == text


@pytest.mark.parametrize("name", ["project.toml", "brief.md", "feedback.toml", "reference.py"])
def test_a_missing_file_is_told(make_project, name):
    error = mistake(make_project({name: None}))
    assert "the file is missing" in str(error)
    assert_told(error, name, fix="write")


@pytest.mark.parametrize("name", ["project.toml", "brief.md", "feedback.toml", "reference.py"])
def test_a_file_in_another_encoding_is_told(make_project, name):
    error = mistake(make_project({name: "# Weiß".encode("latin-1")}))
    assert "the file is not UTF-8" in str(error)
    assert_told(error, name, fix="save it as UTF-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("skills", "skill", {"key": "skill", "value": "['editing']", "allowed": KEYS, "fix": "correct the spelling"}),
        ('title = "Shop notice"\n', "", {"key": "title", "allowed": KEYS, "fix": "add title = …"}),
        ("= 60", '= "60"', {"key": "price_usd", "value": "'60'", "allowed": "a number", "fix": "write price_usd as"}),
        ("= 60", "= true", {"key": "price_usd", "value": "True", "allowed": "a number", "fix": "write price_usd as"}),
        ('["editing"]', '"editing"', {"key": "skills", "value": "'editing'", "allowed": "a list", "fix": "skills"}),
        ('["editing"]', '["a", 3]', {"key": "skills[1]", "value": "['a', 3]", "allowed": "a text", "fix": "skills"}),
        ('"Shop notice"', "7", {"key": "title", "value": "7", "allowed": "a text in quotes", "fix": "write title as"}),
        ("= 2026-03-31", "= 2026-03-31T10:00:00", {"key": "posted", "value": "10, 0", "allowed": "date"}),
        ("= 60", "= 0", {"key": "price_usd", "value": "0", "allowed": "above 0 and below 500", "fix": "US dollars"}),
        ("= 60", "= -5.5", {"key": "price_usd", "value": "-5.5", "allowed": "above 0", "fix": "US dollars"}),
        ("= 60", "= 500", {"key": "price_usd", "value": "500", "allowed": "below 500", "fix": "US dollars"}),
        ("= 60", "= nan", {"key": "price_usd", "value": "nan", "allowed": "a number", "fix": "US dollars"}),
        ("= 60", "= inf", {"key": "price_usd", "value": "inf", "allowed": "below 500", "fix": "US dollars"}),
        ('"writing"', '"translation"', {"key": "category", "value": "translation", "allowed": "writing"}),
        ('"writing"', '"poetry"', {"key": "category", "value": "poetry", "allowed": "writing", "fix": "move"}),
        ('["notice.txt"]', "[]", {"key": "deliverables", "value": "[]", "allowed": "one or more", "fix": "name each"}),
        ('["notice.txt"]', '["a", "a"]', {"key": "deliverables", "value": "['a', 'a']", "allowed": "one or more"}),
    ],
)  # fmt: skip
def test_a_mistake_in_project_toml_is_told(make_project, project_file, old, new, told):
    text = project_file("project.toml")
    assert old in text
    assert_told(mistake(make_project({"project.toml": text.replace(old, new, 1)})), "project.toml", **told)


@pytest.mark.parametrize("written", ['"yesterday"', '"31.03.2026"', '"2026-02-30"'])
def test_a_text_that_is_no_date_is_told_with_what_a_date_is(make_project, project_file, written):
    text = project_file("project.toml").replace("2026-03-31", written)
    error = mistake(make_project({"project.toml": text}))
    assert_told(error, "project.toml", key="posted", value=written.strip('"'), allowed="date", fix="write posted as")
    assert "Invalid" not in str(error).split("fix:")[1]


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../x.txt", "a/../b", "a b.txt", "a\\\\b", "-rf", ".hidden", "a//b", "a/"]
)
def test_a_deliverables_name_that_is_no_path_is_told(make_project, project_file, name):
    text = project_file("project.toml").replace("notice.txt", name)
    error = mistake(make_project({"project.toml": text}))
    told = {"value": repr(name.replace("\\\\", "\\")), "allowed": "letters, digits", "fix": "write a plain relative"}
    assert_told(error, "project.toml", key="deliverables", **told)


@pytest.mark.parametrize("name", ["a.txt", "src/app.js", "Überblick_v2.csv", "a/b/c-d.1.html"])
def test_a_deliverables_name_may_have_folders_and_letters(make_project, project_file, name):
    text = project_file("project.toml").replace("notice.txt", name)
    assert Project(make_project({"project.toml": text})).settings.deliverables == [name]


def test_a_project_in_a_folder_of_no_category_is_told_all_categories(make_project):
    error = mistake(make_project(category="poetry"))
    assert_told(error, "project.toml", key="category", value="writing", allowed=", ".join(CATEGORIES), fix="move")


def test_broken_toml_is_told_with_its_line(make_project):
    error = mistake(make_project({"project.toml": 'title = "x"\nposted = 31.03.2026\n'}))
    assert "is not valid TOML" in str(error) and "line 2" in str(error)
    assert_told(error, "project.toml", fix="dates stand bare, as in 2026-03-31")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("= 12", "= 0", {"key": "minutes", "value": "0", "allowed": "above 0", "fix": "how many minutes"}),
        ("= 12", "= -3", {"key": "minutes", "value": "-3", "allowed": "above 0", "fix": "how many minutes"}),
        ("= 12", "= nan", {"key": "minutes", "value": "nan", "allowed": "above 0", "fix": "how many minutes"}),
        ("= 12", "= inf", {"key": "minutes", "value": "inf", "allowed": "above 0", "fix": "how many minutes"}),
        ("= 12", '= "twelve"', {"key": "minutes", "value": "'twelve'", "allowed": "a number", "fix": "write minutes"}),
        ("= true", '= "yes"', {"key": "is_authored", "value": "'yes'", "allowed": "true or false", "fix": "is_auth"}),
        ("[notes]", "[note]", {"key": "note", "value": "names-the-day", "allowed": "reviewer, minutes"}),
        ("[notes]", "", {"key": "names-the-day", "allowed": "notes", "fix": "correct the spelling"}),
        ('names-the-day = "', 'names-the-day = 5 # "', {"key": "notes.names-the-day", "allowed": "a text in"}),
    ],
)  # fmt: skip
def test_a_mistake_in_feedback_toml_is_told(make_project, project_file, old, new, told):
    text = project_file("feedback.toml")
    assert old in text
    assert_told(mistake(make_project({"feedback.toml": text.replace(old, new, 1)})), "feedback.toml", **told)


@pytest.mark.parametrize(
    ("name", "file", "text", "key"),
    [
        ("brief.md", "brief.md", "We close on {dya}.", ""),
        ("feedback.toml", "feedback.toml", "", "names-the-day"),
    ],
)
def test_a_placeholder_without_fact_is_told(make_project, project_file, name, file, text, key):
    text = text or project_file(name).replace("{shop}", "{dya}")
    told = {"key": key, "value": "'{dya}'", "allowed": "{day}, {shop}", "fix": "add 'dya' to `given` in inputs.py"}
    assert_told(mistake(make_project({name: text})), file, **told)


@pytest.mark.parametrize("placeholder", ["{shop[0]}", "{shop.name}"])
def test_a_placeholder_of_a_part_of_a_fact_is_told(make_project, placeholder):
    told = {"value": f"'{placeholder}'", "allowed": "a name alone, such as {town}"}
    assert_told(mistake(make_project({"brief.md": f"We are {placeholder}."})), "brief.md", **told)


def test_a_placeholder_of_a_gold_fact_is_told(make_project):
    assert_told(mistake(make_project({"brief.md": "At most {words} words."})), "brief.md", value="'{words}'")


def test_a_placeholder_without_any_fact_is_told(make_project):
    assert_told(mistake(make_project({"inputs.py": None})), "brief.md", allowed="none: inputs.py gives no facts")


CRASHES = [
    ("raise RuntimeError('at import')\n", ":1", "RuntimeError: at import"),
    ("def build(*_):\n    return 1 / 0\n", ":2", "ZeroDivisionError"),
    ("\ndef build(*_)\n", ":2", "SyntaxError"),
    ("import no_such_module\n", ":1", "ModuleNotFoundError: No module named 'no_such_module'"),
    ("def build():\n    return {}\n", "", "TypeError"),
    ("import json\ndef build(*_):\n    json.loads('{')\n", ":3", "JSONDecodeError"),
]


@pytest.mark.parametrize("name", ["inputs.py", "reference.py"])
@pytest.mark.parametrize(("source", "line", "problem"), CRASHES)
def test_a_crash_of_the_authors_code_is_told(make_project, name, source, line, problem):
    error = mistake(make_project({name: source}))
    assert problem in str(error)
    assert_told(error, name + line, fix="mend build(); docs/projects.md shows one")


@pytest.mark.parametrize("name", ["inputs.py", "reference.py"])
def test_a_module_without_build_is_told(make_project, name):
    error = mistake(make_project({name: "x = 1\n"}))
    assert "there is no build in it" in str(error) and "crashed" not in str(error)
    assert_told(error, name, key="build", fix="write build; docs/projects.md shows one")


@pytest.mark.parametrize(
    ("returned", "value"),
    [("{}", "'dict'"), ("None", "'NoneType'"), ("Inputs", "'StructMeta'")],
)
def test_inputs_that_are_none_are_told(make_project, returned, value):
    source = f"from hapi_pytest import Inputs\ndef build(draw):\n    return {returned}\n"
    error = mistake(make_project({"inputs.py": source}))
    assert_told(error, "inputs.py", value=value, allowed="hapi_pytest.Inputs(files=", fix="return the attachments")


@pytest.mark.parametrize(
    "inputs",
    [
        "files=[], given={}, gold={}",
        "files={'a.txt': 5}, given={}, gold={}",
        "files={5: 'x'}, given={}, gold={}",
        "files={}, given=None, gold={}",
        "files={}, given={}, gold=[1]",
    ],
)
def test_inputs_of_the_wrong_kind_are_told(make_project, project_file, inputs):
    source = f"from hapi_pytest import Inputs\ndef build(draw):\n    return Inputs({inputs})\n"
    spared = {"brief.md": "x", "feedback.toml": project_file("feedback.toml").replace("{shop}", "us")}
    assert_told(mistake(make_project({"inputs.py": source, **spared})), "inputs.py")


@pytest.mark.parametrize("returned", ["None", "[]", "{'notice.txt': 5}", "'text'"])
def test_a_reference_of_the_wrong_kind_is_told(make_project, returned):
    source = f"FLAWS = {{}}\ndef build(facts, flaws):\n    return {returned}\n"
    assert_told(mistake(make_project({"reference.py": source})), "reference.py")


@pytest.mark.parametrize("flaws", ["", "FLAWS = None", "FLAWS = {'x': None}"])
def test_flaws_that_are_missing_or_of_the_wrong_kind_are_told(make_project, flaws):
    source = f"{flaws}\ndef build(facts, flaws):\n    return {{'notice.txt': 'x'}}\n"
    assert_told(mistake(make_project({"reference.py": source})), "reference.py")


def test_a_fact_that_a_reference_misses_is_told(make_project):
    source = "FLAWS = {}\ndef build(facts, flaws):\n    return {'a': facts.wrods}\n"
    error = mistake(make_project({"reference.py": source}))
    assert "no fact named 'wrods'; it gives day, shop, words" in str(error)
    assert_told(error, "reference.py:3")


def test_author_modules_may_hold_dataclasses(make_project, project_file):
    source = "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\n"
    folder = make_project({"reference.py": source + project_file("reference.py")})
    project = Project(folder)
    assert project.reference(project.variant(0))


def test_inputs_are_a_value():
    inputs = Inputs(files={}, given={}, gold={"x": Draw("x").integer(1, 1)})
    with pytest.raises(AttributeError):
        inputs.gold = {}  # type: ignore[misc]


def test_a_text_file_is_read(tmp_path):
    (tmp_path / "a").write_text("Grüße", encoding="utf-8")
    assert read_text(tmp_path / "a", "write it") == "Grüße"


def test_a_byte_order_mark_is_no_part_of_a_text(make_project, project_file):
    marked = {name: b"\xef\xbb\xbf" + project_file(name).encode() for name in ("project.toml", "brief.md")}
    project = Project(make_project(marked))
    assert project.settings.title == "Shop notice" and project.variant(0).brief.startswith("We close")


def test_toml_is_read_into_a_struct(make_project):
    settings = read_toml(make_project() / "project.toml", Settings)
    assert settings.skills == ["editing"] and settings.deliverables == ["notice.txt"]


def test_a_project_error_holds_file_and_key():
    error = ProjectError("a.toml", "it is wrong", key="k", value="v", allowed="w", fix="mend it")
    assert (error.file, error.key) == ("a.toml", "k")
    assert str(error) == "a.toml: it is wrong\n  key:     k\n  value:   'v'\n  allowed: w\n  fix:     mend it"
