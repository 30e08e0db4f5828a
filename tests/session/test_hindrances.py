"""A session where the system refuses what it needs, for real: room on the disk, locks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import hindrances

FULL = """
import json, os, sqlite3, sys
from harness.labeling_processes import begin
folder = sys.argv[1]
store, session = begin(f"{folder}/boxes.db")
box = {"label": "cat", "left": 1, "top": 1, "width": 5, "height": 5}
def draw(number):
    change = {"created": [{"id": f"b{number}", **box}]}
    operation = {"id": f"o{number}", "item": session.ids[0], "kind": "change", "change": change}
    return session.reply({"id": "1", "method": "commit", "params": operation})[0]
draw(0)
ballast = open(f"{folder}/ballast", "wb", buffering=0)
try:
    while True:
        ballast.write(bytes(512))
except OSError:
    pass
number, reply = 0, {}
while "error" not in reply:
    number += 1
    reply = draw(number)
ballast.truncate(0)
again = draw(number)
counts = sqlite3.connect(f"{folder}/boxes.db").execute("SELECT id, count(*) FROM operations GROUP BY id").fetchall()
boxes = [one["id"] for one in session.view(0)[0].value]
print(json.dumps([number, reply["error"], "result" in again, boxes, counts]))
"""
UNLOCKED = """
import json
from nblabel.errors import StoreError
from nblabel.store import Store
try:
    Store("store.db")
except StoreError as error:
    print(json.dumps([error.unfit, str(error)]))
"""


def run(folder, kind, program, *arguments, cwd=None):
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(hindrances.__file__).parents[1])}
    command = [sys.executable, hindrances.__file__, kind, path, *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment, timeout=120)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.mark.skipif(not hindrances.can_bound_room(), reason="this system lets nobody mount a small disk of his own")
def test_a_full_disk_loses_and_doubles_nothing(tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    number, error, again, boxes, counts = run(tmp_path, "room", FULL, room)
    assert error["code"] == "store"
    assert "the disk is full; nothing was written; free some space" in error["message"]
    assert again
    assert boxes == [f"b{place}" for place in range(number + 1)]
    assert dict(counts) == {f"o{place}": 1 for place in range(number + 1)}


@pytest.mark.skipif(not hindrances.can_refuse_locks(), reason="this system cannot refuse locks to a process")
def test_a_folder_whose_files_cannot_be_locked(tmp_path):
    unfit, error = run(tmp_path, "locks", UNLOCKED, cwd=tmp_path)
    assert unfit, "another folder is taken where the store is wherever nblabel likes"
    assert "cannot lock files (No locks available); pass store= a path on a local disk" in error
