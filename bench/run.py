"""`make bench`: how fast pmlviz is, as ratios against a reference measured in the same run.

    python bench/run.py [first-paint] [step] [seek] [heatmap]

Both sides of a ratio are interleaved and the medians compared, so that a busy machine slows both.
Nothing here is a gate: numbers are printed with the goal beside them.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


def main() -> int:
    """Run the benchmarks that are named, or all."""
    from measure import MEASURES

    names = sys.argv[1:] or list(MEASURES)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}\n  hint: one of {', '.join(MEASURES)}")
        return 2
    print(f"load {os.getloadavg()[0]:.2f}, python {sys.version.split()[0]}")
    for name in names:
        for row in MEASURES[name]():
            print(f"{row.name:<46} {row.value:>10}   {row.goal:<34} {row.verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
