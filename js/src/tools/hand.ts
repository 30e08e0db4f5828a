import type { StageTool } from "./tool";

/** A drag moves the image: nothing is drawn on it. */
export const HAND: StageTool = {
  cursor: () => "grab",
  down: () => false,
  drag: () => undefined,
  up: () => undefined,
  hover: () => undefined,
  finish: () => false,
  cancel: () => false,
  draw: () => undefined,
};
