"""Read and write 100,000 generated box lines, against pandas in the same run.

Prints CPU seconds (median of the rounds) and how many times less than pandas' own JSON reader and writer. Run it by hand::

    python tests/benchmarks/manifest_io.py [lines] [rounds]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import warnings
from functools import partial
from pathlib import Path

import msgspec
import pandas as pd

from nblabel.manifest import read_manifest, write_manifest

CLASSES = ("Car", "Pedestrian", "Cyclist", "Truck", "Traffic light")


def box_lines(count):
    rng = random.Random(0)
    for number in range(count):
        boxes = [
            {
                "class_id": rng.randrange(5),
                "top": rng.randrange(1000),
                "left": round(rng.uniform(0, 1800), 2),
                "height": rng.randrange(10, 300),
                "width": rng.randrange(10, 300),
            }
            for _ in range(rng.randrange(10))
        ]
        yield msgspec.json.encode(
            {
                "source-ref": f"s3://fleet-archive/front/2024/{number // 1000:04}/frame-{number:07}.jpg",
                "vehicle": f"vin-{number % 50:03}",
                "frame": number,
                "cars": {"image_size": [{"width": 1920, "height": 1080, "depth": 3}], "annotations": boxes},
                "cars-metadata": {
                    "objects": [{"confidence": round(rng.random(), 2)} for _ in boxes],
                    "class-map": {str(index): CLASSES[index] for index in sorted({box["class_id"] for box in boxes})},
                    "type": "groundtruth/object-detection",
                    "human-annotated": "yes",
                    "creation-date": "2024-03-04T09:51:00.148118",
                    "job-name": "labeling-job/cars",
                },
            }
        )


def measure(methods, rounds, *scratch):
    times = {name: [] for name in methods}
    for _ in range(rounds):
        for name, method in methods.items():
            for path in scratch:
                path.unlink(missing_ok=True)  # else the first to replace a file pays for freeing it
            prepared = method()
            start = time.process_time()
            result = prepared()
            times[name].append(time.process_time() - start)
            del result
    return {name: statistics.median(values) for name, values in times.items()}


def report(title, times, reference):
    print(f"\n{title}")
    for name, seconds in times.items():
        print(f"  {name:<42}{seconds:8.3f} s{times[reference] / max(seconds, 1e-9):8.1f}x")


def main():
    count, rounds = (int(value) for value in [*sys.argv[1:], "100000", "5"][:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 5)
    folder = Path(tempfile.mkdtemp())
    path, out = folder / "in.manifest", folder / "out.manifest"
    path.write_bytes(b"".join(line + b"\n" for line in box_lines(count)))
    print(f"{count} lines, {path.stat().st_size / 1e6:.0f} MB, pandas {pd.__version__}, median of {rounds}, CPU seconds")

    def decoded():
        return read_manifest(path)["cars"].tolist()

    report(
        "read",
        measure(
            {
                "pandas.read_json(lines=True)": partial(partial, pd.read_json, path, lines=True),
                "read_manifest": partial(partial, read_manifest, path),
                "read_manifest, then decode one label column": lambda: decoded,
                "limit: bytes of the file": partial(partial, path.read_bytes),
            },
            rounds,
        ),
        "pandas.read_json(lines=True)",
    )

    eager = pd.read_json(path, lines=True)

    def unchanged():
        df = read_manifest(path)
        return lambda: write_manifest(df, out)

    def edited():
        df = read_manifest(path)
        where = df.columns.get_loc("cars")
        for row in range(0, count, 100):
            df.iat[row, where] = {"annotations": [], "image_size": []}
        return lambda: write_manifest(df, out)

    def all_new():
        df = read_manifest(path)
        df["split"] = "train"
        return lambda: write_manifest(df, out)

    def dropped():
        df = read_manifest(path).drop(columns="vehicle")
        return lambda: write_manifest(df, out)

    def shuffled():
        df = read_manifest(path).sample(frac=1, random_state=0)
        return lambda: write_manifest(df, out)

    report(
        "write",
        measure(
            {
                "DataFrame.to_json(lines=True)": lambda: lambda: eager.to_json(out, orient="records", lines=True),
                "write_manifest, nothing changed": unchanged,
                "write_manifest, 1 % of the labels changed": edited,
                "write_manifest, shuffled": shuffled,
                "write_manifest, a column added": all_new,
                "write_manifest, a column dropped": dropped,
            },
            rounds,
            out,
        ),
        "DataFrame.to_json(lines=True)",
    )


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
