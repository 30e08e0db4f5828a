import { Button } from "./button";
import { Icon } from "./icons";
import { PictureMenu } from "./picture-menu";
import type { Shell } from "./shell";

const MOST_IN_A_COLUMN = 5;

/** Tools, undo and redo, zoom. */
export function Toolbar<Value, Change, Media>({ labeler, actions, editor, keyFor, picture, focusStage }: Shell<Value, Change, Media>) {
  const zoom = editor.zoom.value;
  return (
    <div class="toolbar" role="toolbar" aria-orientation="vertical" aria-label="Tools">
      <div class={`tools ${labeler.task.tools.length > MOST_IN_A_COLUMN ? "two" : ""}`}>
        {labeler.task.tools.map(({ name, title, hint }) => {
          const key = keyFor(`tool-${name}`);
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
      </div>
      {!editor.controls &&
        editor.toggles?.map(({ name, title, on }) => {
          const key = keyFor(name);
          return (
            <button
              key={name}
              type="button"
              class="button square tool toggle"
              data-nblabel-action={name}
              aria-pressed={on.value}
              aria-label={title}
              title={`${title}${key ? ` (${key})` : ""}: ${on.value ? "on" : "off"}`}
              onClick={() => {
                on.value = !on.value;
              }}
            >
              <Icon name={name} />
            </button>
          );
        })}
      {labeler.task.tools.length > 0 && <hr />}
      <Button title="Undo" action="undo" icon="undo" badge={keyFor("undo")} run={actions.undo} />
      <Button title="Redo" action="redo" icon="redo" badge={keyFor("redo")} run={actions.redo} />
      {!labeler.task.choosing && (
        <Button
          title="Delete"
          action="remove"
          icon="remove"
          badge={keyFor("remove")}
          run={actions.remove}
          disabled={labeler.selection.value.length === 0}
        />
      )}
      <hr />
      <Button title="Zoom in" action="zoom-in" icon="zoomIn" badge={keyFor("zoom-in")} run={actions["zoom-in"]} />
      <span class="zoom">{zoom === null ? "" : `${Math.round(zoom * 100)}%`}</span>
      <Button title="Zoom out" action="zoom-out" icon="zoomOut" badge={keyFor("zoom-out")} run={actions["zoom-out"]} />
      <Button title="Fit" action="fit" icon="fit" badge={keyFor("fit")} run={actions.fit} />
      {editor.picture && <PictureMenu picture={editor.picture} open={picture} badge={keyFor("picture")} leave={focusStage} />}
    </div>
  );
}
