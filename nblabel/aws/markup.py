"""Texts of users in worker templates: neither HTML nor Liquid takes anything in them for its own."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from nblabel.markup import parse_markdown

if TYPE_CHECKING:
    from nblabel.wire import Markup

__all__ = ["escape", "formatted", "paragraphs"]

# What a formatted text can have; everything else is shown as what is in it.
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_TAGS = _HEADINGS | _TABLES | {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
_EMPTY = {"hr", "br"}

# To HTML these are the braces; to Liquid, which looks for {{ and {% first, they are nothing.
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


def escape(text: str) -> str:
    """Escape a text for HTML, in or outside of attributes, and for Liquid.

    Examples
    --------
    >>> escape('<b> "{{ x }}"')
    '&lt;b&gt; &quot;&#123;&#123; x &#125;&#125;&quot;'
    """
    return html.escape(text).translate(_BRACES)


def paragraphs(text: str) -> str:
    r"""Write a text as paragraphs: empty lines part them, line ends stay.

    Examples
    --------
    >>> paragraphs("Draw boxes.\nTight ones.\n\nNo shadows.")
    '<p>Draw boxes.<br>Tight ones.</p><p>No shadows.</p>'
    """
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part.strip())


def formatted(text: str) -> str:
    r"""Write Markdown as HTML, as the labeler shows it: no HTML of the text's own, links to the web and to mail only, images by their descriptions.

    Examples
    --------
    >>> formatted("# Rules\n\nOnly **dogs**, <b>no</b> {{ cats }}.")
    '<h1>Rules</h1><p>Only <strong>dogs</strong>, &lt;b&gt;no&lt;/b&gt; &#123;&#123; cats &#125;&#125;.</p>'
    """
    return "".join(map(_written, parse_markdown(text)))


def _written(part: Markup) -> str:
    inner = escape(part.text) + "".join(map(_written, part.children))
    if part.tag == "text" or part.tag not in _TAGS:
        return inner
    if part.tag in _EMPTY:
        return f"<{part.tag}>"
    leads = f' href="{escape(part.href or "")}" target="_blank" rel="noopener noreferrer"' if part.tag == "a" else ""
    return f"<{part.tag}{leads}>{inner}</{part.tag}>"
