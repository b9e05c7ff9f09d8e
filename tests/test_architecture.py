"""House rules that no linter knows: where tests stand, how long a file is, what is Qt-free."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.golden import ROOT

PACKAGE = ROOT / "pmlviz"
MODULES = sorted(
    path.relative_to(PACKAGE)
    for path in PACKAGE.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
)
LONGEST = 400
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]
# Besides what the contract names: the command line imports Qt only inside the functions that need
# it, which the contract cannot tell from an import at the top. `pmlviz --help` is instant.
QT_FREE = [
    "pmlviz.__main__",
    "pmlviz.cli",
    "pmlviz.cli_play",
    "pmlviz.start",
    "pmlviz.ui.figure_files",
    *(name for c in CONTRACTS if c["type"] == "forbidden" for name in c["source_modules"]),
]

IMPORT_WITHOUT_QT = """
import importlib, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph", "qtpy", "qtawesome"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoQt())
failed = False
for module in sys.argv[1:]:
    try:
        importlib.import_module(module)
    except ImportError as error:
        failed = True
        print(f"{module}: {error}")
sys.exit(failed)
"""

# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = [
    f"{name}.{end}"
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
    )
]
HOME_FOLDERS = "|".join(("home", "root", "work", "Users"))
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, REGISTRY_HOSTS), rf"(?<![\w./~-])/(?:{HOME_FOLDERS})/"]).encode()
)


def committed_files() -> list[Path]:
    """Return the files under version control and those that wait to be added, deleted ones not."""
    # safe.directory: the checkout may belong to someone else, as in a container.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*git, "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def dotted(path: Path) -> str:
    """Return the import name of the file *path*, relative to the package."""
    parts = ("pmlviz", *path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_has_a_test_file() -> None:
    expected = [module.with_name(f"test_{module.name}") for module in MODULES]

    missing = [f"tests/{path}" for path in expected if not (ROOT / "tests" / path).is_file()]

    assert not missing, "\n".join(missing)


def test_no_file_is_so_long_that_it_has_become_two_ideas() -> None:
    lengths = {
        path: len(path.read_bytes().splitlines())
        for path in committed_files()
        if path.suffix == ".py"
    }

    too_long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > LONGEST]

    assert not too_long, "\n".join(too_long)


def test_core_figures_and_command_line_import_where_there_is_no_qt() -> None:
    names = [dotted(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")]
    qt_free = [name for name in names if f"{name}.".startswith(tuple(f"{n}." for n in QT_FREE))]

    run = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT_QT, *sorted(qt_free)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in committed_files()
        for match in FORBIDDEN.finditer(path.read_bytes())
    ]

    assert not found, "\n".join(found)
