"""Markdown as a tree that a front end can build from nodes and texts, without ever parsing HTML.

CommonMark, with tables and strikethrough. HTML in it is shown as the text that it is; a link leads to http, https and mailto only; an image is shown
by its description, since a page must not fetch what nobody asked for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nblabel.wire import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

__all__ = ["parse_markdown"]

_SCHEMES = ("http://", "https://", "mailto:")
_PASSED_THROUGH = {"inline", "root"}
_TEXTS = {"text", "code_inline", "code_block", "fence", "html_block", "html_inline"}


def parse_markdown(text: str) -> list[Markup]:
    """Parse Markdown.

    Examples
    --------
    >>> parse_markdown("Draw *tight* boxes.")[0].children[1]
    Markup(tag='em', text='', href=None, children=[Markup(tag='text', text='tight', href=None, children=[])])
    """
    from markdown_it.tree import SyntaxTreeNode

    return list(_parts(SyntaxTreeNode(_parser().parse(text)).children))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _parts(nodes: Iterable[SyntaxTreeNode]) -> Iterable[Markup]:
    for node in nodes:
        yield from _markup(node)


def _markup(node: SyntaxTreeNode) -> Iterable[Markup]:
    children = list(_parts(node.children))
    if node.type in _PASSED_THROUGH or (node.type == "paragraph" and node.hidden):
        return children
    match node.type:
        case "text" | "html_block" | "html_inline":
            return [Markup(text=node.content)]
        case "softbreak":
            return [Markup(text=" ")]
        case "code_inline":
            return [Markup(tag="code", children=[Markup(text=node.content)])]
        case "code_block" | "fence":
            return [Markup(tag="pre", children=[Markup(text=node.content)])]
        case "image":
            return [Markup(text=f"[{node.content}]")]
        case "link":
            href = str(node.attrs.get("href", ""))
            return [Markup(tag="a", href=href, children=children)] if href.lower().startswith(_SCHEMES) else children
        case _:
            return [Markup(tag=_tag(node), children=children)]


def _tag(node: Any) -> str:
    return str(node.tag)
