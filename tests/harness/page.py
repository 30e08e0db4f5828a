"""The real Python widget and the real ES module in a plain page: a comm that is carried by Playwright instead of by Jupyter."""

from __future__ import annotations

import base64

import comm
from comm.base_comm import BaseComm
from harness.labeler import Labeler

MOUNT = """
async ([id, view, source, opening, media, anywidget]) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { mount, default: widget } = await import(url);
  const listeners = new Set();
  const decode = (text) => new DataView(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
  const encode = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const connection = { cut: false };
  const deliver = ([view, message, buffers]) => window.views[view]?.receive(message, buffers);
  const transport = {
    async send(message, buffers = []) {
      if (!connection.cut) (await window.toPython(id, message, buffers.map(encode))).forEach(deliver);
    },
    receive(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener));
    },
  };
  const place = document.createElement("div");
  place.id = view;
  document.body.append(place);
  window.views ??= {};
  window.views[view] = { connection, receive: (message, buffers) => {
    if (!connection.cut) for (const listener of listeners) listener(message, buffers.map(decode));
  } };
  const state = { ...opening, media: media === null ? null : decode(media) };
  if (!anywidget) return void mount(place, state, transport);
  // What a notebook gives to the module of a widget.
  const { task, ...rest } = state;
  const model = {
    get: (name) => ({ _task: task, _opening: rest })[name],
    send: (message) => transport.send(message),
    on: (_event, handler) => listeners.add(handler),
    off: (_event, handler) => listeners.delete(handler),
  };
  const { initialize, render } = widget();
  initialize({ model });
  render({ model, el: place });
}
"""
DELIVER = "(messages) => messages.forEach(([view, message, buffers]) => window.views[view]?.receive(message, buffers))"


class PlainPage:
    """Shows widgets in a page and carries their messages both ways."""

    def __init__(self, page, monkeypatch):
        self.page = page
        self._comms = {}
        self._views = []
        self._outgoing = []
        host = self

        class Bridge(BaseComm):
            def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
                if msg_type == "comm_msg" and data.get("method") == "custom":
                    host._outgoing.append((self.comm_id, data["content"], [bytes(part) for part in buffers or []]))

        def create(**options):
            bridge = Bridge(**options)
            self._comms[bridge.comm_id] = bridge
            return bridge

        monkeypatch.setattr(comm, "create_comm", create)
        page.route("**/*", lambda route: route.fulfill(body="<!doctype html><title>labeler</title>", content_type="text/html"))
        page.goto("http://localhost/")
        page.expose_binding("toPython", self._receive)

    def show(self, widget, driver=Labeler, *, anywidget=False):
        """Show a widget, by the module's function for pages or as a notebook does; returns the means to drive it."""
        state = widget.get_state()
        opening = {"task": state["_task"], **{key: part for key, part in state["_opening"].items() if key != "media"}}
        media = state["_opening"]["media"]
        text = None if media is None else base64.b64encode(bytes(media)).decode()
        view = f"view-{len(self._views)}"
        self._views.append((widget.comm.comm_id, view))
        self.page.evaluate(MOUNT, [widget.comm.comm_id, view, str(state["_esm"]), opening, text, anywidget])
        return driver(self.page, self.page.locator(f"#{view}")).wait_ready()

    def cut(self, *, connected=False):
        """Cut the connection of all views, or mend it."""
        self.page.evaluate("cut => Object.values(window.views).forEach((view) => { view.connection.cut = cut; })", not connected)

    def deliver(self):
        """Carry what Python said by itself into the page; answers travel without it."""
        self.page.evaluate(DELIVER, self._drain())

    def _drain(self):
        messages = []
        while self._outgoing:
            comm_id, content, buffers = self._outgoing.pop(0)
            parts = [base64.b64encode(part).decode() for part in buffers]
            messages += [[view, content, parts] for owner, view in self._views if owner == comm_id]
        return messages

    def wait(self, milliseconds=0):
        """Let the page and Python exchange what they have to say."""
        self.page.wait_for_timeout(milliseconds)
        self.deliver()

    def wait_until(self, condition, tries=400):
        """Exchange messages until something is true."""
        for _ in range(tries):
            if condition():
                return
            self.wait(10)
        raise AssertionError("it did not become true")

    def settle(self, labeler):
        """Exchange messages until everything is durable."""
        self.wait(30)
        self.wait_until(lambda: labeler.status.get_attribute("data-state") == "saved" and not self._outgoing)

    def _receive(self, source, comm_id, message, buffers):
        parts = [memoryview(base64.b64decode(part)) for part in buffers]
        message = {"content": {"comm_id": comm_id, "data": {"method": "custom", "content": message}}, "buffers": parts, "metadata": {}}
        self._comms[comm_id].handle_msg(message)
        return self._drain()
