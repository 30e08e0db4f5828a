import { hasInstructions } from "../core/task";
import { Button } from "./button";
import type { Shell } from "./shell";

const NO_ANSWER =
  "The kernel does not answer yet. Go on labeling: your work is kept in this browser and saved when it answers. If you restarted the kernel, run this cell again.";

/** Whether the work is safe. */
export function Status<Value, Change, Media>({ labeler }: Shell<Value, Change, Media>) {
  const { outbox } = labeler;
  const state = outbox.state.value;
  const count = outbox.waiting.value.length;
  const texts = {
    saved: "Saved",
    saving: "Saving…",
    offline: `${count} ${count === 1 ? "change waits" : "changes wait"} in this browser`,
    error: "Not saved",
  };
  const explanations = {
    saved: labeler.form ? "What you do is kept in this browser until you submit." : "Everything you did is on disk.",
    saving: "Waiting for the kernel to confirm.",
    offline: NO_ANSWER,
    error: outbox.problem.value ?? "",
  };
  return (
    <span class={`status ${state}`} role="status" data-nblabel="status" data-state={state} title={explanations[state]}>
      {texts[state]}
    </span>
  );
}

/** Something that the person must read; it lies over the stage, so that nothing moves under the hand. */
export function Banner<Value, Change, Media>({ labeler, quiet }: Shell<Value, Change, Media>) {
  const notice = labeler.notice.value;
  const { state, problem, waiting, retry } = labeler.outbox;
  if (notice) {
    return (
      <div class={`banner ${notice.level}`} role="alert" data-nblabel="notice">
        <span>{notice.message}</span>
        <Button
          title="Dismiss"
          icon="close"
          run={() => {
            labeler.notice.value = null;
          }}
        />
      </div>
    );
  }
  const unsaved = state.value === "error" && waiting.value.length > 0;
  if (quiet.value || (!unsaved && state.value !== "offline")) return null;
  return (
    <div class={`banner ${unsaved ? "error" : "warning"}`} role="alert" data-nblabel="notice">
      <span>{unsaved ? `Not saved yet, but kept in this browser: ${problem.value}` : NO_ANSWER}</span>
      <span class="group">
        <Button title="Try again now" run={retry}>
          Try again
        </Button>
        <Button
          title="Dismiss"
          icon="close"
          run={() => {
            quiet.value = true;
          }}
        />
      </span>
    </div>
  );
}

/** Instructions, and the two ways to be done with an item. */
export function Footer<Value, Change, Media>({ labeler, actions, keyFor }: Shell<Value, Change, Media>) {
  const tool = labeler.task.tools.find(({ name }) => name === labeler.tool.value);
  const edited = labeler.item.value?.view.edited ?? false;
  return (
    <footer>
      <span class="instructions">
        {labeler.view.instructions && <b>{labeler.view.instructions}</b>}
        <span class="faint">{tool?.hint}</span>
      </span>
      {hasInstructions(labeler.view) && (
        <Button title="Read the instructions" action="instructions" run={actions.instructions}>
          Instructions
        </Button>
      )}
      {!labeler.form && (
        <Button title="Skip" action="skip" badge={keyFor("skip")} run={actions.skip}>
          Skip
        </Button>
      )}
      <Button title="Submit" action="submit" kind="primary" badge={keyFor("submit")} run={actions.submit}>
        {edited ? "Submit again" : "Submit"}
      </Button>
    </footer>
  );
}
