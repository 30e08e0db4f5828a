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
  if (!shown) return null;
  return (
    <div class="veil">
      <div ref={panel} class="dialog" role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} data-nblabel={name}>
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
        <div class="scroll">{children}</div>
      </div>
    </div>
  );
}
