"""Print what ``import nblabel`` costs beyond pandas, the median of many fresh interpreters.

Run it by hand::

    python tests/benchmarks/import_time.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys

PROGRAM = """
import pandas, time
start = time.perf_counter()
import nblabel
print((time.perf_counter() - start) * 1000)
"""
RUNS = 15


def milliseconds() -> float:
    """Import once in a fresh interpreter."""
    return float(subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    times = [milliseconds() for _ in range(RUNS)]
    print(f"import nblabel: {statistics.median(times):.1f} ms beyond pandas (median of {RUNS}, slowest {max(times):.1f} ms)")
