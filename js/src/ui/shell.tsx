import { effect, type Signal, signal } from "@preact/signals";
import { render } from "preact";
import { badge, type KeyBinding, keyOf, withoutCollisions } from "../core/keys";
import type { Labeler } from "../core/labeler";
import type { Editor } from "../core/task";
import { Dialog, type DialogName } from "./dialog";
import { focusOnHover } from "./focus";
import { Header } from "./header";
import { Help } from "./help";
import { Panel } from "./panel";
import css from "./shell.css";
import { Banner, Footer } from "./status";
import { followTheme } from "./theme";
import { Toolbar } from "./toolbar";

/** Everything that a button or a key can make the labeler do, by the name in `data-nblabel-action`. */
export type Actions = Record<
  "submit" | "skip" | "next" | "previous" | "undo" | "redo" | "fit" | "help" | "zoom-in" | "zoom-out" | "full-screen" | "remove",
  () => void
>;

/** What the parts of the shell share. */
export interface Shell<Value, Change, Media> {
  readonly labeler: Labeler<Value, Change, Media>;
  readonly actions: Actions;
  readonly editor: Editor;
  /** Which dialog is open. */
  readonly dialog: Signal<DialogName | null>;
  /** That something waits was read and put aside, until everything is saved. */
  readonly quiet: Signal<boolean>;
  /** The key of an action, tool or label, as its badge shows it; absent where another binding has that key. */
  keyFor(title: string): string | undefined;
}

const ZOOM_STEP = 1.3;
/** Keys that act while a dialog lies over everything. */
const DIALOG_KEYS = ["?", "Escape"];

/**
 * Shows a labeler in `element`; returns a function that takes it away.
 *
 * It lives in an open shadow root, so that no style leaks in or out. JupyterLab and Notebook look at the focused element only, which from outside
 * is the shadow root's host: the attribute on it keeps their single-key shortcuts away.
 */
export function mountShell<Value, Change, Media>(element: HTMLElement, labeler: Labeler<Value, Change, Media>): () => void {
  const life = new AbortController();
  const host = document.createElement("div");
  host.dataset["lmSuppressShortcuts"] = "true";
  const shadow = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = css;
  const root = document.createElement("div");
  root.className = "labeler";
  root.tabIndex = -1;
  root.dataset["nblabel"] = "labeler";
  shadow.append(style, root);
  element.append(host);
  followTheme(host, root, life.signal);

  const stage = document.createElement("div");
  stage.className = "stage";
  stage.dataset["nblabel"] = "stage";
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", `${labeler.task.type} stage; press ? for keys`);

  focusOnHover(root, stage, life.signal);
  const dialog = signal<DialogName | null>(null);
  const quiet = signal(false);
  const stop = effect(() => {
    if (labeler.outbox.state.value === "saved") quiet.value = false;
  });
  const editor = labeler.task.mount(stage, labeler, life.signal);
  const actions: Actions = {
    submit: labeler.submit,
    skip: labeler.skip,
    next: () => void labeler.go(labeler.index.value + 1),
    previous: () => void labeler.go(labeler.index.value - 1),
    undo: () => void labeler.undo(),
    redo: () => void labeler.redo(),
    remove: labeler.removeSelection,
    fit: editor.fit,
    "zoom-in": () => editor.zoomBy(ZOOM_STEP),
    "zoom-out": () => editor.zoomBy(1 / ZOOM_STEP),
    "full-screen": () => void toggleFullScreen(host, shadow),
    help: () => {
      dialog.value = dialog.value === "help" ? null : "help";
    },
  };
  const bindings = withoutCollisions(keysOf(labeler, actions, editor));
  const badges = new Map([...bindings].reverse().map((binding) => [binding.title, badge(binding.key)]));
  const shell: Shell<Value, Change, Media> = { labeler, actions, editor, dialog, quiet, keyFor: (title) => badges.get(title) };

  const leave = (): void => {
    if (dialog.value) dialog.value = null;
    else if (editor.cancel()) return;
    else if (labeler.selection.value.length > 0) labeler.select([]);
    else (shadow.activeElement as HTMLElement | null)?.blur();
  };
  const byKey = new Map([...bindings, ...lastResort(leave)].map((binding) => [binding.key, binding]));
  root.addEventListener(
    "keydown",
    (event) => {
      // On the way down, before the stage hears of it.
      if (dialog.value && !DIALOG_KEYS.includes(keyOf(event))) event.stopPropagation();
    },
    { signal: life.signal, capture: true },
  );
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || event.target instanceof HTMLInputElement) return;
      const binding = byKey.get(keyOf(event));
      if (!binding || (event.target !== stage && isActivation(event))) return;
      event.preventDefault();
      event.stopPropagation();
      binding.run();
    },
    { signal: life.signal },
  );

  render(
    <>
      <Header {...shell} />
      <div class="body">
        <Toolbar {...shell} />
        <div class="middle" ref={(middle) => void middle?.prepend(stage)}>
          <Cover {...shell} />
          <Banner {...shell} />
        </div>
        <Panel {...shell} />
      </div>
      <Footer {...shell} />
      <Help open={dialog} bindings={bindings} />
      <Dialog open={dialog} name="instructions" title="Instructions">
        <p class="written">{labeler.view.details}</p>
      </Dialog>
      <div class="unseen" aria-live="polite">
        {labeler.announcement}
      </div>
    </>,
    root,
  );

  return () => {
    life.abort();
    stop();
    render(null, root);
    host.remove();
  };
}

/** What lies over the stage while there is nothing to draw on. */
function Cover<Value, Change, Media>({ labeler }: Shell<Value, Change, Media>) {
  const error = labeler.item.value?.view.error ?? null;
  if (labeler.loading.value) return <div class="cover quiet">Loading…</div>;
  if (error === null) return null;
  return (
    <div class="cover" role="alert">
      <strong>{labeler.item.value?.view.name}</strong>
      <span>{error}</span>
      <span class="faint">Skip it to go on; nothing is lost.</span>
    </div>
  );
}

function keysOf<Value, Change, Media>(labeler: Labeler<Value, Change, Media>, actions: Actions, editor: Editor): KeyBinding[] {
  const labels = labeler.labels.flatMap(({ key, name }, place): KeyBinding[] =>
    key === null ? [] : [{ key: key.toLowerCase(), title: `label ${name}`, group: "Labels", run: () => labeler.chooseLabel(place) }],
  );
  const tools = labeler.task.tools.map(
    ({ name, title, key }): KeyBinding => ({
      key,
      title,
      group: "Tools",
      run: () => {
        labeler.tool.value = name;
      },
    }),
  );
  const enter = () => {
    if (!editor.finish()) actions.submit();
  };
  return [
    ...labels,
    { key: "Enter", title: "Submit", group: "Items", run: enter },
    { key: "s", title: "Skip", group: "Items", run: actions.skip },
    { key: "d", title: "Next item", group: "Items", run: actions.next },
    { key: "PageDown", title: "Next item", group: "Items", run: actions.next },
    { key: "a", title: "Previous item", group: "Items", run: actions.previous },
    { key: "PageUp", title: "Previous item", group: "Items", run: actions.previous },
    ...tools,
    { key: "Ctrl+z", title: "Undo", group: "Edit", run: actions.undo },
    { key: "Ctrl+Shift+z", title: "Redo", group: "Edit", run: actions.redo },
    { key: "Ctrl+y", title: "Redo", group: "Edit", run: actions.redo },
    { key: "Delete", title: "Delete", group: "Edit", run: actions.remove },
    { key: "Backspace", title: "Delete", group: "Edit", run: actions.remove },
    ...editor.keys,
    { key: "f", title: "Fit", group: "View", run: actions.fit },
    { key: "+", title: "Zoom in", group: "View", run: actions["zoom-in"] },
    { key: "=", title: "Zoom in", group: "View", run: actions["zoom-in"] },
    { key: "-", title: "Zoom out", group: "View", run: actions["zoom-out"] },
    { key: "m", title: "Full screen", group: "View", run: actions["full-screen"] },
    { key: "?", title: "Keys", group: "View", run: actions.help },
  ];
}

function lastResort(leave: () => void): KeyBinding[] {
  return [{ key: "Escape", title: "Cancel, then leave", group: "View", run: leave }];
}

/** Enter and Space belong to the button that has the focus. */
function isActivation(event: KeyboardEvent): boolean {
  return (event.key === "Enter" || event.key === " ") && event.target instanceof HTMLElement && event.target.matches("button");
}

async function toggleFullScreen(host: HTMLElement, shadow: ShadowRoot): Promise<void> {
  if (shadow.ownerDocument.fullscreenElement) await shadow.ownerDocument.exitFullscreen();
  else await host.requestFullscreen();
}
