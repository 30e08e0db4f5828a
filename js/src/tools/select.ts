import { type BoxScene, createBoxEdit } from "./boxes";
import type { StageTool } from "./tool";

/** Selects, moves and resizes boxes; a drag beside them moves the image. */
export function createSelectTool(scene: BoxScene): StageTool {
  const edit = createBoxEdit(scene);

  return {
    cursor: (pointer) => edit.cursor(pointer) ?? (scene.reachable.value.at(pointer.at) ? "move" : "grab"),
    down(pointer) {
      if (edit.grabHandle(pointer)) return true;
      const hit = scene.reachable.value.at(pointer.at);
      scene.select(hit ? [hit.id] : []);
      if (!hit) return false;
      edit.grabBox(hit, pointer);
      return true;
    },
    drag: (pointer) => edit.drag(pointer),
    up: () => edit.drop(),
    hover(pointer) {
      scene.hovered.value = pointer ? (scene.reachable.value.at(pointer.at)?.id ?? null) : null;
    },
    finish: () => false,
    cancel: () => edit.cancel(),
    draw: edit.draw,
  };
}
