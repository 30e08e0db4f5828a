"""Markup that would run if anything took it for more than text, and the means to see in a page whether something did."""

from __future__ import annotations

import itertools

HURT = "window.hurt=(window.hurt||0)+1"
VECTORS = [
    f"<script>{HURT}</script>",
    f"<img src=x onerror={HURT}>",
    f"<svg onload={HURT}>",
    f"<svg><script>{HURT}</script></svg>",
    f"<svg><animate onbegin={HURT} attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    f"<iframe src=javascript:parent.{HURT}></iframe>",
    f"<body onload={HURT}>",
    f"<input autofocus onfocus={HURT}>",
    f"<details open ontoggle={HURT}>x</details>",
    f"<video><source onerror={HURT}></video>",
    f"<audio src=x onerror={HURT}>",
    f"<marquee onstart={HURT}>x</marquee>",
    f"<math><mtext><style><img src=x onerror={HURT}></style></mtext></math>",
    f"<a href=javascript:{HURT}>x</a>",
    f"<a href=' &#106;avascript:{HURT}'>x</a>",
    f"<object data=javascript:{HURT}></object>",
    f"<embed src=javascript:{HURT}>",
    f"<form action=javascript:{HURT}><button>x</button></form>",
    f"<meta http-equiv=refresh content='0;url=javascript:{HURT}'>",
    f"<style>@import 'javascript:{HURT}';</style>",
    f"<template><script>{HURT}</script></template>",
    f"[x](javascript:{HURT})",
    f"[x](java\tscript:{HURT})",
    f"![x](javascript:{HURT})",
    f"<javascript:{HURT}>",
    f"[x]: javascript:{HURT}\n\n[x]",
    f"{{{{constructor.constructor('{HURT}')()}}}}",
]
CONTEXTS = [
    "{}",
    '">{}',
    "'>{}",
    "-->{}",
    "]]>{}",
    "</style>{}",
    "</script>{}",
    "</textarea>{}",
    "</title>{}",
    "<b>{}</b>",
    "\N{FULLWIDTH LESS-THAN SIGN}{}",
    "\N{RIGHT-TO-LEFT OVERRIDE}{}",
]
CORPUS = [context.format(vector) for context, vector in itertools.product(CONTEXTS, VECTORS)]
ELEMENTS = "script, img, iframe, object, embed, video, audio, form[action], meta, math, marquee, template, details, a[href^='j' i], animate"
_FOUND = """elements => [...document.querySelectorAll("*")].flatMap(host => host.shadowRoot ? [...host.shadowRoot.querySelectorAll("*")] : [])
    .filter(element => element.matches(elements) || [...element.attributes].some(({ name }) => name.startsWith("on")))
    .map(element => element.outerHTML)"""


def expect_nothing_ran(page):
    """Fail when markup of the corpus ran in a page, or became an element of a labeler in it."""
    page.wait_for_timeout(100)
    assert page.evaluate("window.hurt") is None
    assert page.evaluate(_FOUND, ELEMENTS) == []


def expect_nothing_runs(page, html):
    """Fail when markup of the corpus runs in HTML that Python made; needs a page of its own."""
    page.set_content(html)
    page.wait_for_timeout(200)
    assert page.evaluate("window.hurt") is None
