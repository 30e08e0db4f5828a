"""Drives a labeler with mouse and keys, by the hooks that are the same in every host."""

from __future__ import annotations

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
        self.root.locator(f'[data-nblabel-label="{label}"]').click()

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

    def wait_saved(self):
        """Wait until everything is durable."""
        expect(self.status).to_have_attribute("data-state", "saved", timeout=30_000)

    def expect_place(self, number):
        """Expect to be at an item, counted from 1."""
        expect(self.root.locator(".place b")).to_have_text(str(number))
        self.wait_ready()

    def entries(self):
        """Labels in the list that mirrors the stage."""
        return self.root.locator(".entry .text").all_inner_texts()
