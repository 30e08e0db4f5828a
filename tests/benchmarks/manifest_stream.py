"""Count, filter, sample and split a manifest of 8,640,000 lines (100 hours at 24 frames a second) in constant memory, against pandas in chunks.

Each step runs in a process of its own; prints CPU and wall seconds, peak memory (and that of a tenth of the lines, which shows whether it grows), how
many times less CPU than pandas, and what ten times as many lines would take. Run it by hand::

    python tests/benchmarks/manifest_stream.py [lines]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WHERE = "s.\"source-ref\" LIKE '%7.jpg' AND s.frame > 1000"
TIMES = 10


def pandas_chunks(path, _):
    import pandas as pd

    return sum(int(df["source-ref"].str.endswith("7.jpg").sum()) for df in pd.read_json(path, lines=True, chunksize=100_000))


def count(path, _):
    import nblabel as nl

    return nl.scan(path).count


def select(path, out):
    import nblabel as nl

    nl.scan(path).select(WHERE).to_manifest(out / "selected.manifest")


def sample(path, out):
    import nblabel as nl

    nl.scan(path).sample(frac=0.0125, seed=0).to_manifest(out / "sample.manifest")


def split(path, out):
    import nblabel as nl

    for number, part in enumerate(nl.scan(path).split(100_000)):
        part.to_manifest(out / f"part-{number:03}.manifest")


def frames(path, _):
    import nblabel as nl

    return sum(len(df) for df in nl.scan(path))


STEPS = {step.__name__: step for step in (pandas_chunks, count, select, sample, split, frames)}


def write_lines(path, lines):
    with path.open("wb") as file:
        for first in range(0, lines, 10_000):
            numbers = range(first, min(first + 10_000, lines))
            file.write(b"".join(b'{"source-ref":"s3://fleet-archive/front/%04d/frame-%07d.jpg","frame":%d}\n' % (n // 1000, n, n) for n in numbers))


def measure(step, path, out):
    """Return CPU seconds, wall seconds and peak MB of a step in a new process."""
    done = subprocess.run([sys.executable, __file__, step, str(path), str(out)], capture_output=True, text=True, check=True)
    return tuple(float(value) for value in done.stdout.split())


def run(step, path, out):
    import pandas  # noqa: F401, ICN001 (what every step needs is not measured)

    cpu, wall = time.process_time(), time.perf_counter()
    STEPS[step](path, out)
    print(time.process_time() - cpu, time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main():
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 8_640_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, tenth = folder / "all.manifest", folder / "tenth.manifest"
        write_lines(path, lines)
        write_lines(tenth, lines // TIMES)
        print(f"{lines:,} lines, {path.stat().st_size / 1e6:,.0f} MB; memory of {lines // TIMES:,} lines in brackets")
        reference = None
        for step in STEPS:
            cpu, wall, peak = measure(step, path, folder)
            small = measure(step, tenth, folder)[2]
            reference = reference or cpu
            estimate = f"{lines * TIMES:,} lines: {wall * TIMES:6.0f} s"
            print(f"  {step:<15}{cpu:7.2f} s CPU {wall:7.2f} s wall {peak:6.0f} MB ({small:4.0f} MB){reference / cpu:7.1f}x   {estimate}")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
