"""Processes in which workers label a job as fast as they can, to be killed at any moment.

For each line ``<worker> <worker> ...`` on stdin a process a worker is forked off that answers the job's objects through a desk, as the labeler does.
It says ``done <worker> <item>`` once a submission is acknowledged. When all of them ended, ``end`` is said.
"""

from __future__ import annotations

import os
import sys

import pandas as pd
from harness.labeling_processes import say

import nblabel as nl

OBJECTS = 16
WANTED = 3


def begin(path):
    """Open the team and the job."""
    team = nl.LocalWorkforce(path).team("cats")
    frame = pd.DataFrame({"source": [f"text {number}" for number in range(OBJECTS)]})
    task = nl.TextClassification(["good", "bad"])
    return team, frame.nblabel.push(task, team, name="mood", workers_per_object=WANTED)


def label(path, name):
    """Answer all that is given."""
    team, job = begin(path)
    try:
        desk = job.desk(team.as_worker(name))
    except nl.errors.SessionError:  # nothing to do, and nothing done before
        return
    session, index = desk.session, desk.session.current
    while index is not None:
        session.set_annotation(index, "good")
        operation = {"id": os.urandom(8).hex(), "item": session.ids[index], "kind": "submit"}
        reply, _ = session.reply({"id": "1", "method": "commit", "params": operation})
        say("done", name, session.ids[index]) if "result" in reply else say("error", reply["error"]["message"])
        index = reply["result"]["next"]


def main(path):
    """Fork processes for each line of stdin."""
    for line in sys.stdin:
        for name in line.split():
            if os.fork() == 0:
                say("born", name, os.getpid())
                label(path, name)
                os._exit(0)
        for _ in line.split():
            os.wait()
        say("end")


if __name__ == "__main__":
    nl.LocalWorkforce, nl.TextClassification  # noqa: B018 - imported once, not in every process
    main(sys.argv[1])
