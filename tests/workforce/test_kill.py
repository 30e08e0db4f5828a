"""Workers whose processes are killed at any moment: what was acknowledged is kept, and objects get exactly as many answers as were asked for."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness import working_processes
from harness.working_processes import OBJECTS, WANTED, begin

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

WORKERS = ("ann", "bob", "cyd", "dan")
LONGEST_LIFE = 0.05  # seconds, to begin with: on a quick machine the job must not be over before anybody is killed
MOST_ROUNDS = 200


def round_of_lives(host, chance, life):
    """Let all workers live and be killed; give what was acknowledged, and how many were killed."""
    print(*WORKERS, file=host.stdin, flush=True)
    living, done, ends = [], set(), False
    while len(living) < len(WORKERS) and not ends:
        word, *rest = host.stdout.readline().split()
        if word == "born":
            living.append(int(rest[1]))
        elif word == "done":
            done.add((rest[0], int(rest[1])))
        ends = word == "end"
    killed = 0
    for process in chance.sample(living, len(living)):
        time.sleep(chance.uniform(0, life / len(living)))
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            killed += 1
    while not ends:
        word, *rest = host.stdout.readline().split()
        assert word in {"done", "end"}, rest
        if word == "done":
            done.add((rest[0], int(rest[1])))
        ends = word == "end"
    return done, killed


def check(path, acknowledged):
    """Compare what counts with what was acknowledged; tell whether the job is over."""
    team, job = begin(path)
    with team.workforce.store:
        names = dict(zip(team.members["worker_id"], team.members["name"], strict=True))
        places = {item: job.place_of(item) for _, item in acknowledged}
        answers = [(names[worker], place) for worker, place in zip(job.responses()["worker"], job.responses()["item"], strict=True)]
        assert len(answers) == len(set(answers)), "an answer counts twice"
        counts = [sum(place == found for _, found in answers) for place in range(OBJECTS)]
        assert max(counts) <= WANTED
        assert {(name, places[item]) for name, item in acknowledged} <= set(answers), "an acknowledged answer is lost"
        over = job.status == "Completed"
        assert over == (counts == [WANTED] * OBJECTS)
        return over


def test_killed_while_labeling_a_job(tmp_path):
    seed = int(os.environ.get("NBLABEL_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    path = tmp_path / "store.db"
    begin(path)[0].workforce.store.close()
    acknowledged, kills, life = set(), 0, LONGEST_LIFE
    program = [sys.executable, "-m", working_processes.__name__, path]
    tests = Path(working_processes.__file__).parents[1]
    with subprocess.Popen(program, cwd=tests, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        for _ in range(MOST_ROUNDS):
            done, killed = round_of_lives(host, chance, life)
            acknowledged |= done
            kills += killed
            if not done:
                life *= 1.3  # this machine is slow to begin
            if check(path, acknowledged):
                break
        else:
            pytest.fail(f"the job did not come to an end: {len(acknowledged)} answers after {kills} kills")
        host.stdin.close()
        assert host.wait(timeout=60) == 0
    assert len(acknowledged) <= OBJECTS * WANTED
    assert kills >= len(WORKERS)
