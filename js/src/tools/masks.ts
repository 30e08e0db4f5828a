import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Draft } from "../core/draft";
import type { Area, PixelMask } from "../core/mask";
import type { BrushShape } from "./stamp";

/** What the tools that paint share: the mask of the item, how to change it, and how they are set. */
export interface MaskScene {
  readonly mask: ReadonlySignal<PixelMask | null>;
  /** The active class. */
  readonly label: ReadonlySignal<string>;
  readonly brush: { readonly size: Signal<number>; readonly shape: Signal<BrushShape> };
  /** Whether classes that are there already stay. */
  readonly unlabeledOnly: Signal<boolean>;
  /** Begins to paint a class, null to take classes away; the draft is shown from now on. */
  begin(name: string | null): Draft | null;
  /** Shows what was painted in an area. */
  show(area: Area): void;
  /** Makes one step of what was painted, or forgets it. */
  end(keep: boolean): void;
}
