import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button";

export type DialogName = "help" | "instructions";

interface DialogProps {
  /** Which dialog is open. */
  open: Signal<DialogName | null>;
  name: DialogName;
  title: string;
  children: ComponentChildren;
}

/** Something to read that lies over the labeler until it is closed. */
export function Dialog({ open, name, title, children }: DialogProps) {
  const panel = useRef<HTMLDivElement>(null);
  const shown = open.value === name;
  useEffect(() => {
    if (!shown) return undefined;
    const root = panel.current?.getRootNode();
    const before = root instanceof ShadowRoot ? root.activeElement : null;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [shown]);
  /** Tab goes round inside. */
  const keepFocus = (event: KeyboardEvent) => {
    const stops = [...(panel.current?.querySelectorAll<HTMLElement>("button, a[href], input, [tabindex='0']") ?? [])];
    const at = event.key === "Tab" ? stops.indexOf(event.target as HTMLElement) : -2;
    if (at === -2) return;
    event.preventDefault();
    event.stopPropagation();
    stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length]?.focus();
  };
  if (!shown) return null;
  return (
    <div class="veil">
      <div ref={panel} class="dialog" role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} data-nblabel={name} onKeyDown={keepFocus}>
        <div class="head">
          <h2>{title}</h2>
          <Button
            title="Close"
            icon="close"
            badge="Esc"
            run={() => {
              open.value = null;
            }}
          />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <div class="scroll" tabIndex={0}>
          {children}
        </div>
      </div>
    </div>
  );
}
