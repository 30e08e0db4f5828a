"""A real kernel that handles the widget's messages in a thread of their own while a cell runs, as JupyterLab asks it to."""

from __future__ import annotations

import ast
from pathlib import Path

import ipykernel
import pytest
from jupyter_client.manager import start_new_kernel

import nblabel

SETUP = """
import pandas as pd, threading, time
import nblabel as nl
from PIL import Image
names = ["a.png", "b.png", "c.png", "d.png"]
for name in names:
    Image.new("RGB", (64, 48)).save(name)
df = pd.DataFrame({"source-ref": names})
w = nl.label(df, nl.BoundingBox(["cat"]), attribute="things")
handed_in, threads = [], []
w.on_submit(lambda submission: handed_in.append((submission.source, threading.current_thread() is threading.main_thread())))
w._session.on_event(lambda name, _: name == "operation" and threads.append(threading.current_thread() is threading.main_thread()))
look = lambda: (int(df["things"].notna().sum()), len(handed_in), w.progress.submitted)
"""
WAIT = "print('started', flush=True)\nwhile len(threads) < {count}: time.sleep(0.01)\n"


class Kernel:
    def __init__(self, client):
        self.client = client
        self.subshell = None

    def start(self, code):
        return self.client.execute(code)

    def start_and_wait(self, code):
        number = self.start(code)
        message = self.client.get_iopub_msg(timeout=60)
        while message["msg_type"] != "stream" or message["parent_header"].get("msg_id") != number:
            message = self.client.get_iopub_msg(timeout=60)
        return number

    def finish(self, number):
        reply = self.client.get_shell_msg(timeout=60)
        while reply["parent_header"].get("msg_id") != number:
            reply = self.client.get_shell_msg(timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]
        return reply["content"]

    def run(self, code):
        self.finish(self.start(code))

    def evaluate(self, expression):
        content = self.finish(self.client.execute("", user_expressions={"value": expression}))
        return ast.literal_eval(content["user_expressions"]["value"]["data"]["text/plain"])

    def open_subshell(self):
        self.client.control_channel.send(self.client.session.msg("create_subshell_request", {}))
        self.subshell = self.client.get_control_msg(timeout=60)["content"]["subshell_id"]

    def submit(self, item):
        operation = {"id": f"operation-{item}", "item": item, "kind": "submit"}
        content = {"id": "1", "method": "commit", "params": operation, "origin": "page"}
        message = self.client.session.msg("comm_msg", {"comm_id": self.widget, "data": {"method": "custom", "content": content}})
        message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)


@pytest.fixture
def kernel(front_end, tmp_path, monkeypatch):
    if int(ipykernel.__version__.split(".")[0]) < 7:
        pytest.skip("this ipykernel has no subshells: messages wait for the cell")
    monkeypatch.setenv("PYTHONPATH", str(Path(nblabel.__file__).parents[1]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        made = Kernel(client)
        made.run(SETUP)
        made.widget = made.evaluate("w.comm.comm_id")
        made.open_subshell()
        # The first message of a comm goes to the main thread; what is tested begins with the second.
        made.submit(1)
        while made.evaluate("look()") != (1, 1, 1):
            pass
        yield made
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_frame_and_callbacks_wait_for_the_main_thread(kernel):
    cell = kernel.start_and_wait(WAIT.format(count=2) + "before = look(); w.sync(); after = look()")
    kernel.submit(2)
    kernel.finish(cell)
    assert kernel.evaluate("(before, after)") == ((1, 1, 1), (2, 2, 2))

    cell = kernel.start_and_wait(WAIT.format(count=3) + "before = look()")
    kernel.submit(3)
    kernel.finish(cell)
    assert kernel.evaluate("(before, look())") == ((2, 2, 2), (3, 3, 3)), "applied when the cell ends"

    kernel.submit(4)
    while kernel.evaluate("len(threads)") < 4:
        pass
    while kernel.evaluate("len(handed_in)") < 4:
        pass
    assert kernel.evaluate("threads[1:]") == [False] * 3, "handled beside the main thread"
    assert kernel.evaluate("handed_in") == [(name, True) for name in ("a.png", "b.png", "c.png", "d.png")], "told on the main thread"
