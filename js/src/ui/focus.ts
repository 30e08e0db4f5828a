/**
 * Lets the keyboard follow the pointer: a person who points at the picture means its keys, not those of the notebook around it.
 *
 * Whoever is writing somewhere keeps the focus. A pointer that only passes over the labeler gives it back on leaving; after a click or a key it stays.
 */
export function focusOnHover(root: HTMLElement, stage: HTMLElement, life: AbortSignal): void {
  let lender: HTMLElement | null = null;
  const keep = () => {
    lender = null;
  };

  root.addEventListener(
    "pointermove",
    (event) => {
      if (event.buttons !== 0 || (event.movementX === 0 && event.movementY === 0)) return; // a selection is drawn, or the page moved, not the hand
      const holder = document.activeElement;
      if (root.matches(":focus-within") || isWriting(holder)) return;
      stage.focus({ preventScroll: true });
      lender = holder instanceof HTMLElement ? holder : null;
    },
    { signal: life },
  );
  root.addEventListener(
    "pointerleave",
    () => {
      if (lender) stage.blur();
      lender?.focus({ preventScroll: true });
      keep();
    },
    { signal: life },
  );
  root.addEventListener("pointerdown", keep, { signal: life });
  root.addEventListener("keydown", keep, { signal: life });
}

/** Whether keys are for something that is written or chosen from there. */
export function isWriting(element: EventTarget | null): boolean {
  if (element instanceof Element && element.shadowRoot) return isWriting(element.shadowRoot.activeElement);
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select, iframe"));
}
