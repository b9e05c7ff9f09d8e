"""What every test stands on: a quiet Qt, golden files, a look at what was left behind."""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

from tests.golden import ROOT, Golden
from tests.leaks import Leaks

# All of this before anything imports Qt, which reads most of it once. pytest-qt imports Qt when
# it is configured, after this file; nothing here does, so that the core's tests need no Qt.
SCRATCH = Path(tempfile.mkdtemp(prefix="pmlviz-tests-"))
RUNTIME = SCRATCH / "runtime"
RUNTIME.mkdir(mode=0o700)
os.environ |= {
    "LC_ALL": "C.UTF-8",
    "PYQTGRAPH_QT_LIB": "PySide6",
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "1",
    "XDG_CACHE_HOME": str(SCRATCH / "cache"),
    "XDG_CONFIG_HOME": str(SCRATCH / "config"),
    "XDG_DATA_HOME": str(SCRATCH / "data"),
    "XDG_RUNTIME_DIR": str(RUNTIME),
    "XDG_STATE_HOME": str(SCRATCH / "state"),
}
# What would change sizes, styles or messages behind the tests' back.
for name in (
    "FORCE_COLOR",
    "GITHUB_ACTIONS",  # makes typer write colours into a pipe
    "PY_COLORS",
    "QT_FONT_DPI",
    "QT_LOGGING_RULES",
    "QT_QPA_PLATFORMTHEME",
    "QT_SCREEN_SCALE_FACTORS",
    "QT_STYLE_OVERRIDE",
):
    os.environ.pop(name, None)

IN_CI = bool(os.environ.get("CI"))
COUNTER = count()
FAILED = pytest.StashKey[bool]()

hypothesis.settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis.settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile("long", max_examples=5000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what the golden tests draw to tests/data instead of comparing (make golden)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-goldens") and IN_CI:
        raise pytest.UsageError("--update-goldens is refused where CI is set: a person accepts")


def pytest_unconfigure() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the golden tests only, where goldens are accepted."""
    if not config.getoption("--update-goldens"):
        return
    drawing = [item for item in items if "golden" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in drawing])
    items[:] = drawing


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure: its traceback keeps widgets alive, which is no leak of the test's."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with an accepted file: `golden(text_or_bytes, "scenes/name.txt")`, exactly.

    Exactly, because a tolerance wide enough to hide antialiasing also hides a wrong colour.
    """
    return Golden(
        data=ROOT / "tests" / "data",
        output=ROOT / "test-output",
        update=request.config.getoption("--update-goldens"),
        test=request.node.nodeid,
    )


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, process, running timer or top-level widget, and name it.

    One test's leftover is another test's crash, at a place that tells nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        leaks = Leaks(patch)
        yield
        left = leaks.left()
    if left and not request.node.stash.get(FAILED, False):
        pytest.fail("left behind:\n  " + "\n  ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test empty settings: not a person's, nor what the test before it has stored."""
    folder = str(SCRATCH / f"config-{next(COUNTER)}")
    monkeypatch.setenv("XDG_CONFIG_HOME", folder)
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:  # Qt reads the variable once
        user = core.QSettings.Scope.UserScope
        for kind in (core.QSettings.Format.NativeFormat, core.QSettings.Format.IniFormat):
            core.QSettings.setPath(kind, user, folder)
