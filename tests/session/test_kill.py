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
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness import labeling_processes
from harness.labeling_processes import begin

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

KILLS = 120
LONGEST_LIFE = 0.12  # seconds, to begin with


@contextmanager
def processes(path):
    program = Path(labeling_processes.__file__)
    with subprocess.Popen([sys.executable, program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        yield host
        host.stdin.close()
        assert host.wait(timeout=60) == 0


def start(host, name, count):
    print(name, count, file=host.stdin, flush=True)


def logged(path):
    """Number of times that each operation is in the log, after a check of the whole file."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return dict(connection.execute("SELECT id, count(*) FROM operations GROUP BY id"))
    finally:
        connection.close()


def drawn(session):
    """The ids of all boxes, an id for each time that it is there."""
    return [box["id"] for index in range(len(session)) for box in session.view(index)[0].value]


def check_log(path, acknowledged, tried):
    counts = logged(path)
    assert set(counts.values()) <= {1}
    assert acknowledged <= counts.keys(), "an acknowledged operation is lost"
    assert counts.keys() <= tried, "an operation that nobody made"
    return counts


def check(path, session, acknowledged, tried):
    counts = check_log(path, acknowledged, tried)
    boxes = drawn(session)
    assert len(boxes) == len(set(boxes)), "an operation was applied twice"
    changes = {name for name in counts if (int(name.rpartition("-")[2]) + 1) % labeling_processes.SUBMIT_EVERY}
    assert set(boxes) == changes, "log and annotations differ"


def test_killed_at_any_moment(tmp_path):
    seed = int(os.environ.get("NBLABEL_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    path = tmp_path / "store.db"
    begin(path)[0].close()
    acknowledged, tried, unanswered, life = set(), set(), 0, LONGEST_LIFE
    with processes(path) as host:
        for kill in range(KILLS):
            start(host, f"p{kill}", 100_000)
            words, last = host.stdout.readline().split(" ", 1), None
            assert words[0] == "born"
            time.sleep(chance.uniform(0, life))
            os.kill(int(words[1]), signal.SIGKILL)
            start(host, "end", 0)
            for line in host.stdout:
                word, _, rest = line.partition(" ")
                if word == "try":
                    last = json.loads(rest)
                    tried.add(last["id"])
                elif word == "done":
                    acknowledged.add(rest.split()[1])
                elif word == "born":
                    break
                else:
                    pytest.fail(line)
            store, session = begin(path)
            with store:
                check_log(path, acknowledged, tried)
                if last is None:
                    life *= 1.2  # this machine is slow to begin
                else:
                    life *= 0.95  # it was slow for a while
                    unanswered += last["id"] not in acknowledged
                    for _ in range(2):
                        reply, _ = session.reply({"id": "1", "method": "commit", "params": last})
                        assert "error" not in reply
                    acknowledged.add(last["id"])
                    check(path, session, acknowledged, tried)
    assert len(acknowledged) > KILLS
    assert unanswered


def test_two_processes_at_once(tmp_path):
    path = tmp_path / "store.db"
    begin(path)[0].close()
    count, names = 60, ("left", "right")
    done = []
    with processes(path) as host:
        for name in names:
            start(host, name, count)
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
    path = tmp_path / "store.db"
    begin(path)[0].close()
    count = 60
    done = []
    with processes(path) as host:
        start(host, "same", count)
        start(host, "same", count)
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
