import { Button } from "./button";
import { Icon } from "./icons";
import type { Shell } from "./shell";

/** Tools, undo and redo, zoom. */
export function Toolbar<Value, Change, Media>({ labeler, actions, editor, keyFor }: Shell<Value, Change, Media>) {
  const zoom = editor.zoom.value;
  return (
    <div class="toolbar" role="toolbar" aria-orientation="vertical" aria-label="Tools">
      {labeler.task.tools.map(({ name, title, hint }) => {
        const key = keyFor(title);
        return (
          <button
            key={name}
            type="button"
            class="button square tool"
            data-nblabel-tool={name}
            aria-pressed={labeler.tool.value === name}
            aria-label={title}
            title={`${title}${key ? ` (${key})` : ""}: ${hint}`}
            onClick={() => {
              labeler.tool.value = name;
            }}
          >
            <Icon name={name} />
            {key && <kbd>{key}</kbd>}
          </button>
        );
      })}
      {labeler.task.tools.length > 0 && <hr />}
      <Button title="Undo" action="undo" icon="undo" badge={keyFor("Undo")} run={actions.undo} />
      <Button title="Redo" action="redo" icon="redo" badge={keyFor("Redo")} run={actions.redo} />
      <Button
        title="Delete"
        action="remove"
        icon="remove"
        badge={keyFor("Delete")}
        run={actions.remove}
        disabled={labeler.selection.value.length === 0}
      />
      <hr />
      <Button title="Zoom in" action="zoom-in" icon="zoomIn" badge={keyFor("Zoom in")} run={actions["zoom-in"]} />
      <span class="zoom">{zoom === null ? "" : `${Math.round(zoom * 100)}%`}</span>
      <Button title="Zoom out" action="zoom-out" icon="zoomOut" badge={keyFor("Zoom out")} run={actions["zoom-out"]} />
      <Button title="Fit" action="fit" icon="fit" badge={keyFor("Fit")} run={actions.fit} />
    </div>
  );
}
