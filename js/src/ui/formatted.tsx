import { createElement, type VNode } from "preact";
import type { Markup } from "../generated/schema";

/** The only elements that a formatted text can have; all others are shown as what is in them. */
const TAGS = new Set([
  ..."p h1 h2 h3 h4 h5 h6 ul ol li strong em s code pre blockquote hr br".split(" "),
  ..."table thead tbody tr th td".split(" "),
]);
const LINK = /^(https?:\/\/|mailto:)/i;

/** A formatted text, built from nodes: nothing in it is parsed as HTML. */
export function Formatted({ parts }: { parts: readonly Markup[] }) {
  return <div class="written">{parts.map(nodeOf)}</div>;
}

function nodeOf({ tag, text, href, children }: Markup): VNode | string | (VNode | string | unknown)[] {
  if (tag === "text") return text;
  const inner = children.map(nodeOf);
  if (tag === "a" && href !== null && LINK.test(href)) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {inner}
      </a>
    );
  }
  return TAGS.has(tag) ? createElement(tag, null, ...(inner as string[])) : inner;
}
