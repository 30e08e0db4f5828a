import { move, type Rectangle, resize, sameRectangle } from "../core/rectangle";
import { created, reordered, updated } from "../core/shapes";
import type { Editor } from "../core/task";
import { makeId } from "../core/transport";
import type { Point } from "../core/viewport";
import type { Box } from "../generated/schema";
import { askForBox, type BoxScene, isSound, selectedBox } from "./boxes";

/** Share of the image that a box made by a key covers. */
const NEW_BOX = 0.25;
const WAYS = { left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 }, down: { x: 0, y: 1 } };

/** What the mouse does, by keys: a box in the middle of the view, moved and sized by arrows, in front of others or behind them. */
export function boxCommands(scene: BoxScene, middle: () => Point): Editor["commands"] {
  function reshape(change: (box: Box) => Rectangle): void {
    const box = selectedBox(scene);
    if (!box) {
      askForBox(scene);
      return;
    }
    const after = { ...box, ...change(box) };
    if (isSound(scene, after) && !sameRectangle(after, box)) scene.commit(updated(after));
    else scene.inform("It goes no further.");
  }

  function insert(): void {
    const image = scene.image.value;
    if (image.width === 0) return;
    const width = Math.max(Math.round(image.width * NEW_BOX), 1);
    const height = Math.max(Math.round(image.height * NEW_BOX), 1);
    const at = middle();
    const place = move({ left: Math.round(at.x - width / 2), top: Math.round(at.y - height / 2), width, height }, { x: 0, y: 0 }, image);
    const box = { id: makeId(), label: scene.label.value, ...place, attributes: {} };
    scene.commit(created(box));
    scene.select([box.id]);
  }

  /** What is selected goes to one end of the drawing order. */
  function stack(front: boolean): void {
    const ids = scene.own.value.map(({ id }) => id);
    const chosen = ids.filter((id) => scene.selection.value.includes(id));
    if (chosen.length === 0) {
      askForBox(scene);
      return;
    }
    const others = ids.filter((id) => !chosen.includes(id));
    const order = front ? [...others, ...chosen] : [...chosen, ...others];
    if (order.some((id, place) => id !== ids[place])) scene.commit(reordered(order));
    else scene.inform(`It is ${front ? "in front of" : "behind"} all others already.`);
  }

  const arrows = Object.entries(WAYS).flatMap(([way, unit]) =>
    [1, 10].flatMap((pixels): Editor["commands"] => {
      const by = { x: unit.x * pixels, y: unit.y * pixels };
      const suffix = pixels === 1 ? way : `${way}-${pixels}`;
      const text = pixels === 1 ? "1 pixel" : `${pixels} pixels`;
      return [
        {
          action: `move-${suffix}`,
          title: `Move the box by ${text}`,
          group: "Edit",
          run: () => reshape((box) => move(box, by, scene.frame.value)),
        },
        {
          action: `resize-${suffix}`,
          title: `Resize the box by ${text}`,
          group: "Edit",
          run: () => reshape((box) => resize(box, "se", by, scene.frame.value)),
        },
      ];
    }),
  );
  return [
    { action: "new-box", title: "New box in the middle of the view", group: "Edit", run: insert },
    ...arrows,
    { action: "front", title: "Bring to the front", group: "Edit", run: () => stack(true) },
    { action: "back", title: "Send to the back", group: "Edit", run: () => stack(false) },
  ];
}
