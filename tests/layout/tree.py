"""The repository as the layout tests see it: its files and what their source says, without running them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("idp", "clients", "scripts", "migrations", "tests")
PRODUCT = ("idp", "clients", "scripts", "migrations")
# Made by tools, or not ours; only asked when git cannot tell.
SKIPPED = frozenset({".git", ".venv", "var", "__pycache__", "node_modules"})


@cache
def committed() -> tuple[Path, ...]:
    """Every file of the repository that is or would be committed, relative to the root."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = (
            git,
            "-c",
            f"safe.directory={ROOT}",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        )
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return tuple(sorted(Path(name) for name in names if name and (ROOT / name).is_file()))
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in SKIPPED:
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path.relative_to(ROOT)


def python_files(*tops: str) -> list[Path]:
    """The Python files below *tops*, relative to the root."""
    return [path for path in committed() if path.suffix == ".py" and path.parts[0] in tops]


def syntax(path: Path) -> ast.Module:
    """The parsed source of *path*."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def public_names(path: Path) -> set[str]:
    """The public names that the module at *path* defines at its top level; imported ones are not counted."""
    names: set[str] = set()
    for node in syntax(path).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case _:
                pass
    return {name for name in names if not name.startswith("_")}


def tuple_all(path: Path, name: str = "ALL") -> tuple[str, ...] | None:
    """The names in the tuple *name* of the module at *path*, those of other tuples in it too; None without one."""
    for node in syntax(path).body:
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id=found), value=ast.Tuple(elts=elements))
                | ast.Assign(targets=[ast.Name(id=found)], value=ast.Tuple(elts=elements))
            ) if found == name:
                return tuple(
                    part
                    for element in elements
                    for part in (
                        tuple_all(path, ast.unparse(element.value)) or ()
                        if isinstance(element, ast.Starred)
                        else (ast.unparse(element),)
                    )
                )
            case _:
                pass
    return None
