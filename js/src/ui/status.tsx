import { Button } from "./button";
import type { Shell } from "./shell";

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
    saved: "Everything you did is on disk.",
    saving: "Waiting for the kernel to confirm.",
    offline:
      "The kernel does not answer: it is busy, restarting or disconnected. Go on; your work is kept in this browser and saved when it answers.",
    error: outbox.problem.value ?? "",
  };
  return (
    <span class={`status ${state}`} role="status" data-nblabel="status" data-state={state} title={explanations[state]}>
      {texts[state]}
    </span>
  );
}

/** Something that the person must read. */
export function Banner<Value, Change, Media>({ labeler }: Shell<Value, Change, Media>) {
  const notice = labeler.notice.value;
  const waiting = labeler.outbox.state.value === "offline";
  if (!notice && !waiting) return null;
  return (
    <div class={`banner ${notice?.level ?? "warning"}`} role="alert" data-nblabel="notice">
      <span>
        {notice?.message ?? "The kernel does not answer. Go on labeling: your work is kept in this browser and saved as soon as it answers."}
      </span>
      {notice ? (
        <Button
          title="Dismiss"
          icon="close"
          run={() => {
            labeler.notice.value = null;
          }}
        />
      ) : (
        <Button title="Try again now" run={labeler.outbox.retry}>
          Try again
        </Button>
      )}
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
      <Button title="Skip" action="skip" badge={keyFor("Skip")} run={actions.skip}>
        Skip
      </Button>
      <Button title="Submit" action="submit" kind="primary" badge={keyFor("Submit")} run={actions.submit}>
        {edited ? "Submit again" : "Submit"}
      </Button>
    </footer>
  );
}
