"""Drives a labeler with mouse and keys, by the hooks that are the same in every host."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

STAGE = '[data-nblabel="stage"]'


class Labeler:
    """One labeler in a page, as a person handles it."""

    def __init__(self, page, scope=None):
        self.page = page
        self.root = (scope or page).locator('[data-nblabel="labeler"]')
        self.stage = self.root.locator(STAGE)
        self.status = self.root.locator('[data-nblabel="status"]')

    def wait_ready(self, timeout=30_000):
        """Wait for a stage that shows an item."""
        expect(self.stage).to_have_attribute("data-zoom", re.compile(r"\d"), timeout=timeout)
        expect(self.root.locator(".cover.quiet")).to_have_count(0, timeout=timeout)
        return self

    def action(self, name):
        """Press a button."""
        self.root.locator(f'[data-nblabel-action="{name}"]').click()

    def choose(self, label):
        """Press a class of the palette."""
        self.root.locator(f"[data-nblabel-label={json.dumps(label)}]").click()

    def tool(self, name):
        """Press a tool."""
        self.root.locator(f'[data-nblabel-tool="{name}"]').click()

    def screen(self, x, y):
        """Where an image pixel is on the screen."""
        corner = self.stage.bounding_box()
        left, top, zoom = (float(self.stage.get_attribute(f"data-{name}")) for name in ("x", "y", "zoom"))
        return corner["x"] + (x - left) * zoom, corner["y"] + (y - top) * zoom

    def drag(self, start, end, steps=6):
        """Drag from one image pixel to another."""
        self.stage.scroll_into_view_if_needed()
        self.page.mouse.move(*self.screen(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.screen(*end), steps=steps)
        self.page.mouse.up()

    def click(self, x, y):
        """Click on an image pixel."""
        self.stage.scroll_into_view_if_needed()
        self.page.mouse.click(*self.screen(x, y))

    def press(self, key):
        """Press a key, with the focus on the stage."""
        self.stage.focus()
        self.page.keyboard.press(key)

    def wait_saved(self, timeout=30_000):
        """Wait until everything is durable."""
        expect(self.status).to_have_attribute("data-state", "saved", timeout=timeout)

    def expect_place(self, number):
        """Expect to be at an item, counted from 1."""
        expect(self.root.locator(".place b")).to_have_text(str(number))
        self.wait_ready()

    def entries(self):
        """Labels in the list that mirrors the stage."""
        return self.root.locator(".entry .text").all_inner_texts()


# Rectangle of a piece of the text, by UTF-16 units, as the browser has laid it out.
_PLACE = """
(page, [from, to]) => {
  const range = document.createRange();
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const within = (offset) => offset >= before && offset <= before + node.length;
    if (within(from)) range.setStart(node, from - before);
    if (within(to)) { range.setEnd(node, to - before); break; }
    before += node.length;
  }
  const { left, right, top, bottom } = range.getBoundingClientRect();
  return [left, right, (top + bottom) / 2];
}
"""


class TextLabeler(Labeler):
    """A labeler that shows a text."""

    @property
    def text(self):
        """The element that holds the text."""
        return self.root.locator('[data-nblabel="text"]')

    def place(self, piece, occurrence=0):
        """Left, right and middle height of a piece of the text on the screen."""
        text = self.text.text_content()
        start = -1
        for _ in range(occurrence + 1):
            start = text.index(piece, start + 1)
        units = [len(text[:offset].encode("utf-16-le")) // 2 for offset in (start, start + len(piece))]
        return self.text.evaluate(_PLACE, units)

    def drag_over(self, first, last=None):
        """Drag from the start of one piece to the end of another."""
        left, _, top = self.place(first)
        _, right, bottom = self.place(last or first)
        self.page.mouse.move(left + 1, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
        self.page.mouse.move(right - 1, bottom, steps=4)
        self.page.mouse.up()

    def click_on(self, piece, occurrence=0, **options):
        """Click in the middle of a piece of the text."""
        left, right, top = self.place(piece, occurrence)
        self.page.mouse.click((left + right) / 2, top, **options)
