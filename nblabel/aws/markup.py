"""Texts of users in worker templates: neither HTML nor Liquid takes anything in them for its own."""

from __future__ import annotations

import html

__all__ = ["escape", "paragraphs"]

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
