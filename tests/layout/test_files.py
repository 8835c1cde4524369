"""How files are named, sized and placed."""

import re
from pathlib import Path

from tests.layout import tree

LONGEST = 300
LONGEST_TEST = 500  # many small stories may stand together
# A file may be longer only with a reason; one that has become short again leaves the list.
LONGER: dict[str, str] = {}

# Where every knot began: names that say nothing of what is inside.
DRAWERS = frozenset(
    {"base", "bases", "common", "helper", "helpers", "manager", "managers", "misc", "service", "services"}
    | {"shared", "util", "utils", "utilities"}
)

# Test folders that tell of no single file of code.
OWN_FOLDERS = frozenset(
    {"bench", "integration", "journeys", "layout", "services", "templates", "translations"}
)

MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:root|work|Users|home/[a-z])(?:/|\b)")
INDEX_OPTION = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|PIP_INDEX_URL|\bregistry=")
TEXT = frozenset(
    {"", ".cfg", ".conf", ".css", ".html", ".ini", ".js", ".json", ".lock", ".mako", ".md", ".po", ".py"}
)
TEXT |= frozenset(
    {".csv", ".service", ".sh", ".svg", ".target", ".toml", ".txt", ".yaml", ".yml", ".dockerignore"}
)


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path): (tree.ROOT / path).read_text(encoding="utf-8").count("\n")
        for path in tree.python_files(*tree.CODE)
    }
    too_long = {
        name: lines
        for name, lines in lengths.items()
        if lines > (LONGEST_TEST if name.startswith("tests/") else LONGEST) and name not in LONGER
    }
    assert not too_long, "more than one noun lives there"
    short_again = {name: lengths.get(name, 0) for name in LONGER if lengths.get(name, 0) <= LONGEST}
    assert not short_again, "take it from the list"


def test_there_are_no_drawers() -> None:
    drawers = [
        str(path)
        for path in tree.python_files(*tree.PRODUCT)
        if DRAWERS & {part.removesuffix(".py").strip("_") for part in path.parts}
    ]
    assert not drawers, "name a file by the noun that lives there"


def test_tests_mirror_the_code() -> None:
    astray = [
        str(path)
        for path in tree.python_files("tests")
        if path.name.startswith("test_") and path.parts[1] not in OWN_FOLDERS and not _is_mirror(path)
    ]
    assert not astray, "no file of the code, at the same place under the same name, that it could be about"


def _is_mirror(test: Path) -> bool:
    """Whether tests/a/test_b.py has its idp/a/b.py, a module or a package; the kit has a src folder."""
    inside, noun = Path(*test.parts[1:-1]), test.stem.removeprefix("test_")
    if inside.parts[:1] == ("clients",):
        kit = Path("clients/tongxing_client")
        places = [kit / "src" / "tongxing_client"] if inside == kit else [inside]
    else:
        places = [Path("idp") / inside, *([Path("scripts")] if inside == Path("scripts") else [])]
    return any((tree.ROOT / place / name).exists() for place in places for name in (f"{noun}.py", noun))


def test_every_room_is_tested() -> None:
    rooms = {path.parts[1].removesuffix(".py") for path in tree.python_files("idp")} - {"__init__"}
    tested = {
        part
        for path in tree.python_files("tests")
        for part in (path.parts[1], path.stem.removeprefix("test_"))
    }
    assert not rooms - tested


def test_no_address_of_an_index_and_no_path_of_a_machine() -> None:
    found = []
    for path in tree.committed():
        if path.suffix not in TEXT or path == Path("tests/layout/test_files.py"):
            continue
        for number, line in enumerate((tree.ROOT / path).read_text(encoding="utf-8").splitlines(), start=1):
            in_lock = path.suffix == ".lock" and "://" in line
            option = path.suffix != ".py" and path.name != "lock" and INDEX_OPTION.search(line)
            if in_lock or option or MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    assert not found


def test_every_dependency_is_pinned_with_hashes() -> None:
    locks = sorted((tree.ROOT / "requirements").glob("*.lock"))
    assert {"run", "test"} <= {lock.stem for lock in locks}
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if not entry.startswith("#")]
        assert entries
        for entry in entries:
            assert re.match(r"[a-z0-9._\[\]-]+==\S+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_room_is_on_the_map() -> None:
    chart = (tree.ROOT / "README.md").read_text(encoding="utf-8").split("## Map")[1].split("```")[1]
    rooms = {path.parent.name for path in (tree.ROOT / "idp").glob("*/__init__.py")}
    assert not {room for room in rooms if f"{room}/" not in chart}
