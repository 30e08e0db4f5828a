"""What was acknowledged outlives the process that acknowledged it."""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness import labeling_processes
from harness.labeling_processes import KINDS, begin, kind_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

KILLS = 500
KILLS_PER_STORE = 50  # all that was done to a store is checked again and again
AT_ONCE = 2
LONGEST_LIFE = 0.03  # seconds, to begin with


@contextmanager
def processes():
    program = Path(labeling_processes.__file__)
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        yield host
        host.stdin.close()
        assert host.wait(timeout=60) == 0


def start(host, path, name, count):
    print(name, count, path, file=host.stdin, flush=True)


def logged(path):
    """Number of times that each operation is in the log, after a check of the whole file."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return dict(connection.execute("SELECT id, count(*) FROM operations GROUP BY id"))
    finally:
        connection.close()


def check_log(path, acknowledged, tried):
    counts = logged(path)
    assert set(counts.values()) <= {1}
    assert acknowledged <= counts.keys(), "an acknowledged operation is lost"
    assert counts.keys() <= tried, "an operation that nobody made"
    return counts


def changes(path):
    """Name and number of the operations that changed each item, in their order."""
    connection = sqlite3.connect(path)
    found = defaultdict(list)
    for item, name in connection.execute("SELECT item, id FROM operations WHERE kind = 'change' ORDER BY sequence"):
        found[item].append((name, int(name.rpartition("-")[2])))
    connection.close()
    return found


def check(path, session, acknowledged, tried):
    check_log(path, acknowledged, tried)
    values = {item: session.view(index)[0].value for index, item in enumerate(session.ids)}
    kind_of(path).check(values, changes(path))


def kill_some(host, path, names, waits):
    """Begin processes on a store and kill one after another; gives all that they said, as words and the rest of their lines."""
    for name in names:
        start(host, path, name, 100_000)
    said, born = [], []
    while len(born) < len(names):
        word, _, rest = host.stdout.readline().partition(" ")
        if word == "born":
            born.append(int(rest))
        else:
            said.append((word, rest))
    for process, seconds in zip(born, waits, strict=True):
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    print("end", file=host.stdin, flush=True)
    for line in host.stdout:
        if line == "end\n":
            return said
        word, _, rest = line.partition(" ")
        said.append((word, rest))
    return pytest.fail("the host ended")


def test_killed_at_any_moment(tmp_path):
    seed = int(os.environ.get("NBLABEL_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    done, unanswered, life = 0, 0, LONGEST_LIFE
    with processes() as host:
        for first in range(0, KILLS, KILLS_PER_STORE):
            kind = [*KINDS][first // KILLS_PER_STORE % len(KINDS)]
            path = tmp_path / f"{kind}-{first}.db"
            begin(path)[0].close()
            acknowledged, tried = set(), set()
            for number in range(first, first + KILLS_PER_STORE, AT_ONCE):
                names = [f"p{number + place}" for place in range(AT_ONCE)]
                last = {}
                said = kill_some(host, path, names, [chance.uniform(0, life) for _ in names])
                for word, rest in said:
                    assert word in {"try", "done"}, rest
                    if word == "try":
                        operation = json.loads(rest)
                        tried.add(operation["id"])
                        last[operation["id"].partition("-")[0]] = operation
                    else:
                        acknowledged.add(rest.split()[1])
                life *= 0.95 if any(word == "done" for word, _ in said) else 1.1  # this machine is as slow as it is
                check_log(path, acknowledged, tried)
                store, session = begin(path)
                with store:
                    for operation in [*last.values()] * 2:
                        unanswered += operation["id"] not in acknowledged
                        reply, _ = session.reply({"id": "1", "method": "commit", "params": operation})
                        assert "error" not in reply
                        acknowledged.add(operation["id"])
            store, session = begin(path)
            with store:
                check(path, session, acknowledged, tried)
            done += len(acknowledged)
    print(f"{done} acknowledged, {unanswered} killed in between, {life:.3f} s")
    assert done > KILLS
    assert unanswered > KILLS / 10


def test_two_processes_at_once(tmp_path):
    path = tmp_path / "boxes.db"
    begin(path)[0].close()
    count, names = 60, ("left", "right")
    done = []
    with processes() as host:
        for name in names:
            start(host, path, name, count)
        while len(done) < count * len(names):
            word, _, rest = host.stdout.readline().partition(" ")
            assert word in {"born", "try", "done"}, rest
            if word == "done":
                done.append(rest.split())
    sequences = [int(sequence) for sequence, _ in done]
    assert sorted(sequences) == list(range(1, count * len(names) + 1))
    ids = {name for _, name in done}
    store, session = begin(path)
    with store:
        check(path, session, ids, ids)


def test_two_processes_with_the_same_operations(tmp_path):
    path = tmp_path / "boxes.db"
    begin(path)[0].close()
    count = 60
    done = []
    with processes() as host:
        start(host, path, "same", count)
        start(host, path, "same", count)
        while len(done) < 2 * count:
            word, _, rest = host.stdout.readline().partition(" ")
            assert word in {"born", "try", "done"}, rest
            if word == "done":
                done.append(tuple(rest.split()))
    assert len(set(done)) == count, "both were told the same of each operation"
    ids = {name for _, name in done}
    store, session = begin(path)
    with store:
        check(path, session, ids, ids)
