import { vi } from "vitest";

export const STAGE = { width: 824, height: 664 };

/** What was painted, by the names of the canvas's methods. */
export interface Painted {
  readonly calls: (readonly [string, ...unknown[]])[];
  texts(): string[];
}

class FakePointerEvent extends MouseEvent {
  readonly pointerId: number;
  readonly pointerType: string;

  constructor(type: string, init: PointerEventInit) {
    super(type, init);
    this.pointerId = init.pointerId ?? 0;
    this.pointerType = init.pointerType ?? "mouse";
    Object.assign(this, { movementX: init.movementX ?? 0, movementY: init.movementY ?? 0 });
  }
}

/** Gives jsdom what it lacks and a labeler needs. `STAGE` fits an image of 100 × 80 pixels at four times its size, 212 and 172 pixels off the corner. */
export function installBrowser(): { painted: Painted; observed: Set<Element> } {
  const calls: (readonly [string, ...unknown[]])[] = [];
  const context = new Proxy(
    {},
    {
      get(_, name) {
        if (name === "canvas") return { clientWidth: STAGE.width, clientHeight: STAGE.height };
        if (name === "measureText") return (text: string) => ({ width: 7 * text.length });
        return (...parameters: unknown[]) => {
          calls.push([String(name), ...parameters]);
        };
      },
      set: () => true,
    },
  );
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation((() => context) as unknown as HTMLCanvasElement["getContext"]);
  const observed = new Set<Element>();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      private readonly mine = new Set<Element>();
      constructor(private readonly report: (entries: unknown[]) => void) {}
      observe(element: Element): void {
        observed.add(element);
        this.mine.add(element);
        queueMicrotask(() => {
          if (this.mine.has(element)) this.report([{ contentRect: STAGE }]);
        });
      }
      disconnect(): void {
        for (const element of this.mine) observed.delete(element);
        this.mine.clear();
      }
    },
  );
  vi.stubGlobal("PointerEvent", FakePointerEvent);
  vi.stubGlobal("createImageBitmap", async () => ({ width: 100, height: 80, close: () => undefined }));
  const matches = Element.prototype.matches;
  // In a shadow root jsdom finds no focus.
  vi.spyOn(Element.prototype, "matches").mockImplementation(function (this: Element, selector: string) {
    if (selector !== ":focus-within") return matches.call(this, selector);
    const root = this.getRootNode();
    return (root instanceof ShadowRoot || root instanceof Document) && this.contains(root.activeElement);
  });
  Object.assign(HTMLElement.prototype, { setPointerCapture: () => undefined, scrollIntoView: () => undefined });
  return { painted: { calls, texts: () => calls.filter(([name]) => name === "fillText").map(([, text]) => String(text)) }, observed };
}

/** Undoes `installBrowser`. */
export function removeBrowser(): void {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  Reflect.deleteProperty(HTMLElement.prototype, "setPointerCapture");
  Reflect.deleteProperty(HTMLElement.prototype, "scrollIntoView");
  document.body.replaceChildren();
}
