import { settle } from "./time";

/** A shown labeler as a person or a test from outside gets at it. */
export function inspect(element: Element) {
  const host = element.firstElementChild;
  const shadow = host?.shadowRoot;
  if (!(host instanceof HTMLElement) || !shadow) throw new Error("nothing is shown");

  function get(selector: string): HTMLElement {
    const found = shadow?.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
    return found;
  }
  const stage = get('[data-nblabel="stage"]');

  async function press(key: string, modifiers: KeyboardEventInit = {}, target: HTMLElement = stage): Promise<KeyboardEvent> {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...modifiers });
    target.dispatchEvent(event);
    await settle();
    return event;
  }

  /** At image pixels: the image is shown at four times its size, 212 and 172 pixels off the stage's corner. */
  function pointer(type: string, x: number, y: number, init: PointerEventInit = {}): void {
    const at = { clientX: 212 + 4 * x, clientY: 172 + 4 * y };
    stage.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, cancelable: true, pointerId: 1, button: 0, ...at, ...init }));
  }

  return {
    host,
    shadow,
    get,
    stage,
    press,
    pointer,
    has: (selector: string) => shadow.querySelector(selector) !== null,
    async click(selector: string): Promise<void> {
      get(selector).click();
      await settle();
    },
    async drag(from: readonly [number, number], to: readonly [number, number], init: PointerEventInit = {}): Promise<void> {
      pointer("pointerdown", ...from, init);
      pointer("pointermove", (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, init);
      pointer("pointermove", ...to, init);
      pointer("pointerup", ...to, init);
      await settle();
    },
    badge: (selector: string) => get(selector).querySelector("kbd")?.textContent ?? null,
    texts: (selector: string) => [...shadow.querySelectorAll(selector)].map((found) => found.textContent ?? ""),
  };
}

export type Inspected = ReturnType<typeof inspect>;
