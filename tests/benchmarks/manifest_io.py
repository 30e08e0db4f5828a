"""Open and save generated manifests of boxes, spans and classes, against pandas' JSON reader and writer and against ``json`` line by line.

Each step runs in processes of its own. Prints the CPU seconds of its first process, and of those after it the median of CPU and wall seconds, how
many times less CPU than pandas, and by how much the step raised the peak memory of its process, in times the size of the file. The first process pays
for memory that the kernel has not at hand, above all for pages that hold the new file, as any program would: see the steps that only copy bytes. Run
it by hand::

    python tests/benchmarks/manifest_io.py [lines] [rounds] [kind ...]
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLASSES = ("Car", "Pedestrian", "Cyclist", "Truck", "Traffic light")
SHARED = {"human-annotated": "yes", "creation-date": "2024-03-04T09:51:00.148118"}


# ---- manifests


def boxes(rng, number):
    drawn = [
        {
            "class_id": rng.randrange(5),
            "top": rng.randrange(1000),
            "left": round(rng.uniform(0, 1800), 2),
            "height": rng.randrange(10, 300),
            "width": rng.randrange(10, 300),
        }
        for _ in range(rng.randrange(10))
    ]
    return {
        "source-ref": f"s3://fleet-archive/front/2024/{number // 1000:04}/frame-{number:07}.jpg",
        "vehicle": f"vin-{number % 50:03}",
        "frame": number,
        "job": {"image_size": [{"width": 1920, "height": 1080, "depth": 3}], "annotations": drawn},
        "job-metadata": {
            "objects": [{"confidence": round(rng.random(), 2)} for _ in drawn],
            "class-map": {str(index): CLASSES[index] for index in sorted({box["class_id"] for box in drawn})},
            "type": "groundtruth/object-detection",
            **SHARED,
            "job-name": "labeling-job/job",
        },
    }


def spans(rng, number):
    text = " ".join("word" * rng.randrange(1, 3) for _ in range(60))
    found = [{"label": rng.choice(CLASSES), "startOffset": start, "endOffset": start + 9} for start in range(0, rng.randrange(200), 20)]
    return {
        "source": text,
        "number": number,
        "job": {"annotations": {"entities": found, "labels": [{"label": name, "shortDisplayName": name[:3]} for name in CLASSES]}},
        "job-metadata": {
            "entities": [{"confidence": 0.09} for _ in found],
            "type": "groundtruth/text-span",
            **SHARED,
            "job-name": "labeling-job/job",
        },
    }


def classes(rng, number):
    chosen = rng.randrange(5)
    return {
        "source-ref": f"s3://archive/{number // 1000:04}/{number:07}.jpg",
        "job": chosen,
        "job-metadata": {
            "class-name": CLASSES[chosen],
            "confidence": round(rng.random(), 2),
            "type": "groundtruth/image-classification",
            **SHARED,
            "job-name": "labeling-job/job",
        },
    }


KINDS = {kind.__name__: kind for kind in (boxes, spans, classes)}


def write_lines(kind, count, path):
    rng = random.Random(0)
    with path.open("w") as file:
        for number in range(count):
            json.dump(KINDS[kind](rng, number), file, separators=(",", ":"))
            file.write("\n")


# ---- steps: each prepares, and gives what is measured


def read_only(path, _):
    return path.read_bytes


def write_only(path, out):
    content = path.read_bytes()

    def write():
        with out.open("wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())

    return write


def open_pandas(path, _):
    import pandas as pd

    return lambda: pd.read_json(path, lines=True)


def open_json(path, _):
    def read():
        with path.open() as file:
            return [json.loads(line) for line in file]

    return read


def open_nblabel(path, _):
    import nblabel as nl

    return lambda: nl.read_manifest(path)


def open_and_decode(path, _):
    import nblabel as nl

    def decode():
        return nl.read_manifest(path)["job"].tolist()

    return decode


def save_pandas(path, out):
    import pandas as pd

    df = pd.read_json(path, lines=True)
    return lambda: df.to_json(out, orient="records", lines=True)


def save_json(path, out):
    lines = open_json(path, out)()

    def write():
        with out.open("w") as file:
            for line in lines:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")

    return write


def saving(change):
    def prepare(path, out):
        import nblabel as nl

        df = change(nl.read_manifest(path))
        return lambda: nl.write_manifest(df, out)

    return prepare


def one_percent(df):
    where = df.columns.get_loc("job")
    for row in range(0, len(df), 100):
        df.iat[row, where] = {"annotations": []}
    return df


STEPS = {
    "limit: read the bytes": read_only,
    "limit: write the bytes, fsync": write_only,
    "open: pandas.read_json(lines=True)": open_pandas,
    "open: json line by line": open_json,
    "open: read_manifest": open_nblabel,
    "open: read_manifest, then decode the labels": open_and_decode,
    "save: DataFrame.to_json(lines=True)": save_pandas,
    "save: json line by line": save_json,
    "save: write_manifest, nothing changed": saving(lambda df: df),
    "save: write_manifest, 1 % edited": saving(one_percent),
    "save: write_manifest, shuffled": saving(lambda df: df.sample(frac=1, random_state=0)),
    "save: write_manifest, a column added": saving(lambda df: df.assign(split="train")),
    "save: write_manifest, a column dropped": saving(lambda df: df.drop(columns="job-metadata")),
}


def run(step, path, out):
    """Run a step in this process and print CPU seconds, wall seconds, and bytes by which the peak of memory rose."""
    import nblabel.manifest  # noqa: F401 - imports are not measured, for nobody

    action = STEPS[step](path, out)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall = time.process_time(), time.perf_counter()
    result = action()
    print(time.process_time() - cpu, time.perf_counter() - wall, 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
    del result


def main(count, rounds, kinds):
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "in.manifest"), Path(folder, "out.manifest")
        for kind in kinds:
            write_lines(kind, count, path)
            size = path.stat().st_size
            print(f"\n{count} lines of {kind}, {size / 1e6:.0f} MB, median of {rounds}\n{'':45} first   CPU s  wall s  CPU x  memory, file sizes")
            references = {"open": 0.0, "save": 0.0, "limit": 0.0}
            for step in STEPS:
                figures = []
                for _ in range(1 + rounds):
                    out.unlink(missing_ok=True)
                    done = subprocess.run([sys.executable, __file__, "--step", step, path, out], capture_output=True, text=True, check=True)
                    figures.append([float(word) for word in done.stdout.split()])
                cpu, wall, memory = (statistics.median(column) for column in zip(*figures[1:], strict=True))
                what = step.partition(":")[0]
                references[what] = references[what] or cpu
                print(f"  {step:<44}{figures[0][0]:6.3f} {cpu:7.3f} {wall:7.3f} {references[what] / max(cpu, 1e-9):6.1f}  {memory / size:6.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        run(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int((sys.argv[1:2] or ["100000"])[0]), int((sys.argv[2:3] or ["3"])[0]), sys.argv[3:] or list(KINDS))
