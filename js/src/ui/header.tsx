import { Button } from "./button";
import type { Shell } from "./shell";
import { Status } from "./status";

const STATES = { unlabeled: "", draft: "Draft", submitted: "Submitted", skipped: "Skipped" };

/** Where one is: item, progress, whether the work is saved. */
export function Header<Value, Change, Media>(shell: Shell<Value, Change, Media>) {
  const { labeler, actions, keyFor } = shell;
  const { total: given, ahead, submitted, skipped } = labeler.progress.value;
  const total = given + ahead;
  const index = labeler.index.value;
  const view = labeler.item.value?.view;
  const state = view?.edited ? "edited" : (view?.state ?? "unlabeled");
  return (
    <header>
      {!labeler.form && (
        <div class="group">
          <Button title="Previous item" action="previous" icon="previous" badge={keyFor("previous")} run={actions.previous} disabled={index === 0} />
          <span class="place">
            <b>{index + 1}</b> / {total}
          </span>
          <Button title="Next item" action="next" icon="next" badge={keyFor("next")} run={actions.next} disabled={index + 1 >= total} />
        </div>
      )}
      <span class="name" title={view?.name}>
        {view?.name}
      </span>
      {state !== "unlabeled" && <span class={`chip ${state}`}>{state === "edited" ? "Edited, submit again" : STATES[state]}</span>}
      {!labeler.form && (
        <div
          class="progress"
          role="img"
          aria-label={`${submitted} of ${total} submitted, ${skipped} skipped`}
          title={`${submitted} submitted, ${skipped} skipped, ${total} in all`}
        >
          <div class="bar">
            <i style={{ width: `${(100 * submitted) / total}%` }} />
            <i class="skipped" style={{ width: `${(100 * skipped) / total}%` }} />
          </div>
          <span>
            {submitted}
            <span class="word"> submitted</span>
            {skipped > 0 && (
              <>
                , {skipped}
                <span class="word"> skipped</span>
              </>
            )}
          </span>
        </div>
      )}
      <Status {...shell} />
      <div class="group">
        <Button title="Full screen" action="full-screen" icon="fullScreen" badge={keyFor("full-screen")} run={actions["full-screen"]} />
        <Button title="Keys" action="help" icon="help" badge={keyFor("help")} run={actions.help} />
      </div>
    </header>
  );
}
