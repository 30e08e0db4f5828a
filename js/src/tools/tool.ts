import type { Point, Viewport } from "../core/viewport";

/** Where the pointer is, in image pixels. */
export interface PointerAt {
  readonly at: Point;
  /** Image pixels that count as "on it": a few screen pixels, more for a finger. */
  readonly reach: number;
  /** Image pixels that a hand may tremble without meaning a drag. */
  readonly tremble: number;
  readonly shift: boolean;
  /** The right button, or the back end of a pen: the opposite of what the tool does. */
  readonly secondary: boolean;
}

/** A tool of an image stage. Nothing in it waits for anything: it runs in the drag loop. */
export interface StageTool {
  cursor(pointer: PointerAt): string;
  /** Whether it has a use for the right button. */
  readonly secondary?: boolean;
  /** A press; false when the tool has no use for it, and the stage moves the image instead. */
  down(pointer: PointerAt): boolean;
  drag(pointer: PointerAt): void;
  up(pointer: PointerAt): void;
  /** The pointer moves without being pressed; null when it leaves. */
  hover(pointer: PointerAt | null): void;
  finish(): boolean;
  cancel(): boolean;
  /** A press turns out to belong to another gesture: forgets it, and keeps what was done before. Where it is absent, `cancel` is meant. */
  drop?(): void;
  draw(context: CanvasRenderingContext2D, view: Viewport): void;
}
