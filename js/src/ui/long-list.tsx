import { useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { rove } from "./rove";

/** Up to so many rows are all there; of more, those in sight and a few around them. */
const ALL = 120;
const AROUND = 12;

interface LongListProps<Item> {
  items: readonly Item[];
  /** Height of a row in pixels; all have the same. */
  rowPx: number;
  /** Place of the row that must be in sight, -1 for none. */
  current: number;
  /** Selector of what the arrow keys move between. */
  roving: string;
  row(item: Item): ComponentChild;
}

/** A list that costs no more for 2,000 rows than for those in sight. */
export function LongList<Item>({ items, rowPx, current, roving, row }: LongListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const long = items.length > ALL;
  const first = long ? Math.max(Math.floor(top.value / rowPx) - AROUND, 0) : 0;
  const end = long ? Math.min(Math.ceil((top.value + height.value) / rowPx) + AROUND, items.length) : items.length;

  useLayoutEffect(() => {
    const shown = list.current;
    if (!shown || !long || current < 0) return;
    height.value = shown.clientHeight;
    if (current * rowPx < shown.scrollTop) shown.scrollTop = current * rowPx;
    else if ((current + 1) * rowPx > shown.scrollTop + shown.clientHeight) shown.scrollTop = (current + 1) * rowPx - shown.clientHeight;
  }, [current, long]);

  return (
    <ul
      ref={list}
      class="scroll"
      onKeyDown={rove(roving)}
      onScroll={({ currentTarget }) => {
        if (!long) return;
        top.value = currentTarget.scrollTop;
        height.value = currentTarget.clientHeight;
      }}
    >
      {first > 0 && <li class="gap" style={{ height: `${first * rowPx}px` }} />}
      {items.slice(first, end).map(row)}
      {end < items.length && <li class="gap" style={{ height: `${(items.length - end) * rowPx}px` }} />}
    </ul>
  );
}
