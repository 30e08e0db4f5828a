import { effect, type Signal, signal } from "@preact/signals";
import { render } from "preact";
import { createClipboard } from "../core/clipboard";
import { badge, bind, keysOf } from "../core/keys";
import type { Labeler } from "../core/labeler";
import { type Editor, hasInstructions } from "../core/task";
import type { TaskView } from "../generated/schema";
import { type Actions, commandsOf, labelAction } from "./commands";
import { Controls } from "./controls";
import { Details } from "./details";
import { Dialog, type DialogName } from "./dialog";
import { Entries } from "./entries";
import { Examples } from "./examples";
import { focusOnHover, isWriting } from "./focus";
import { Formatted } from "./formatted";
import { Header } from "./header";
import { Help } from "./help";
import { OfferBar } from "./offer";
import { Palette } from "./palette";
import css from "./shell.css";
import { Banner, Footer } from "./status";
import { Suggestions, suggestionActions } from "./suggestions";
import { followTheme } from "./theme";
import { Toolbar } from "./toolbar";

/** What the parts of the shell share. */
export interface Shell<Value, Change, Media> {
  readonly labeler: Labeler<Value, Change, Media>;
  readonly actions: Actions;
  readonly editor: Editor;
  /** Which dialog is open. */
  readonly dialog: Signal<DialogName | null>;
  /** That something waits was read and put aside, until everything is saved. */
  readonly quiet: Signal<boolean>;
  /** Whether the menu of how the image is shown is open. */
  readonly picture: Signal<boolean>;
  /** The first key of an action, as its badge shows it. */
  keyFor(action: string): string | undefined;
  /** Gives the keyboard back to the stage. */
  focusStage(): void;
}

const ZOOM_STEP = 1.3;

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
  root.toggleAttribute("data-form", labeler.form);
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
  const toggle = (name: DialogName): void => {
    dialog.value = dialog.value === name ? null : name;
  };
  const quiet = signal(false);
  const picture = signal(false);
  const focusStage = (): void => stage.focus({ preventScroll: true });
  const focusOn = (selector: string): boolean => {
    const found = root.querySelector<HTMLElement>(selector);
    found?.focus();
    return found !== null;
  };
  const stop = effect(() => {
    if (labeler.outbox.state.value === "saved") quiet.value = false;
  });
  const editor = labeler.task.mount(stage, labeler, life.signal);
  const actions: Actions = {
    submit: () => submit(labeler, focusOn),
    skip: labeler.skip,
    next: () => void labeler.go(labeler.index.value + 1),
    previous: () => void labeler.go(labeler.index.value - 1),
    undo: () => {
      if (!editor.stepBack?.()) void labeler.undo();
    },
    redo: () => void labeler.redo(),
    remove: () => {
      if (!editor.stepBack?.()) labeler.removeSelection();
    },
    ...suggestionActions(labeler),
    ...entryActions(labeler),
    ...visibilityActions(labeler),
    search: () => void focusOn('[data-nblabel="search"]'),
    edit: () => {
      if (!focusOn('[data-nblabel="details"] :is(input, select)')) labeler.inform("Select one in the list or on the stage first.");
    },
    picture: () => {
      if (editor.picture) picture.value = !picture.value;
    },
    fit: editor.fit,
    "zoom-in": () => editor.zoomBy(ZOOM_STEP),
    "zoom-out": () => editor.zoomBy(1 / ZOOM_STEP),
    "full-screen": () => void toggleFullScreen(host, shadow),
    help: () => toggle("help"),
    instructions: () => {
      if (hasInstructions(labeler.view)) toggle("instructions");
    },
  };
  const clipboard = createClipboard(labeler);
  const bindings = bind(commandsOf(labeler, actions, editor, clipboard ?? {}), keymapOf(labeler.view));
  const badges = new Map([...bindings].reverse().map(({ action, key }) => [action, badge(key)]));
  const shell: Shell<Value, Change, Media> = {
    labeler,
    actions,
    editor,
    dialog,
    quiet,
    picture,
    keyFor: (action) => badges.get(action),
    focusStage,
  };

  const leave = (): void => {
    if (dialog.value) dialog.value = null;
    else if (editor.cancel()) return;
    else if (labeler.selection.value.length > 0) labeler.select([]);
    else (shadow.activeElement as HTMLElement | null)?.blur();
  };
  const byKey = new Map([...bindings, { key: "Escape", action: "leave", run: leave }].map((binding) => [binding.key, binding]));
  const bound = (event: KeyboardEvent) => keysOf(event).flatMap((key) => byKey.get(key) ?? [])[0];
  root.addEventListener(
    "keydown",
    (event) => {
      // On the way down, before the stage hears of it.
      if (dialog.value && event.key !== "Tab" && !["help", "instructions", "leave"].includes(bound(event)?.action ?? "")) event.stopPropagation();
    },
    { signal: life.signal, capture: true },
  );
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || isWriting(event.target)) return;
      const binding = bound(event);
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
        <div class="centre">
          {editor.controls && <Controls {...shell} controls={editor.controls} />}
          <div class="middle" ref={(middle) => void middle?.prepend(stage)}>
            <Cover {...shell} />
            <Banner {...shell} />
            <OfferBar {...shell} />
          </div>
        </div>
        <aside>
          <Palette {...shell} />
          <Suggestions {...shell} />
          {!labeler.task.choosing || labeler.task.legend ? <Entries {...shell} /> : <Details {...shell} />}
        </aside>
      </div>
      <Footer {...shell} />
      <Help open={dialog} bindings={bindings} />
      <Dialog open={dialog} name="instructions" title="Instructions">
        {labeler.view.instructions && <p class="short">{labeler.view.instructions}</p>}
        <Formatted parts={labeler.view.details} />
        <Examples labeler={labeler} />
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
  if (labeler.item.value?.view.preview) return <div class="arriving">The whole image is on its way…</div>;
  if (error === null) return null;
  return (
    <div class="cover" role="alert">
      <strong>{labeler.item.value?.view.name}</strong>
      <span>{error}</span>
      <span class="faint">{labeler.form ? "Decline or return this task." : "Skip it to go on; nothing is lost."}</span>
    </div>
  );
}

/** The keys of all actions; those of the labels are the labels' own. */
function keymapOf({ keys, labels }: TaskView): Record<string, readonly string[]> {
  return { ...keys, ...Object.fromEntries(labels.map(({ name, key }) => [labelAction(name), key === null ? [] : [key.toLowerCase()]])) };
}

/** Hands the item in, or shows where something required is missing. */
function submit<Value, Change, Media>(labeler: Labeler<Value, Change, Media>, focusOn: (selector: string) => boolean): void {
  const item = labeler.item.value;
  const [first] = (item && labeler.task.fields?.lacking(item.value, labeler.view.settings)) ?? [];
  labeler.submit();
  if (labeler.item.value?.view.id !== item?.view.id) return;
  if (first !== undefined) labeler.select([first]);
  else focusOn('[data-nblabel="details"] [data-missing="true"] :is(input, select)');
}

function entryActions<Value, Change, Media>(labeler: Labeler<Value, Change, Media>): Record<"next-entry" | "previous-entry", () => void> {
  function step(by: 1 | -1): void {
    const item = labeler.item.value;
    const ids = item ? labeler.task.entries(item.value).map(({ id }) => id) : [];
    const at = ids.indexOf(labeler.selection.value[0] ?? "");
    const next = ids.at(at === -1 && by === -1 ? -1 : (at + by) % ids.length);
    if (next === undefined) labeler.inform("Nothing is labeled on this item yet.");
    else labeler.select([next]);
  }
  return { "next-entry": () => step(1), "previous-entry": () => step(-1) };
}

/** What is selected is meant, or else the active label. */
function visibilityActions<Value, Change, Media>(labeler: Labeler<Value, Change, Media>): Record<"hide" | "lock" | "solo" | "show-all", () => void> {
  const { visibility, selection, chosen } = labeler;
  const label = () => labeler.labels[labeler.label.value]?.name ?? "";
  const meant = () => (chosen.value ? selection.value : []);
  return {
    hide: () => (meant().length > 0 ? visibility.toggleHidden(meant()) : visibility.toggleHiddenLabel(label())),
    lock: () => (meant().length > 0 ? visibility.toggleLocked(meant()) : visibility.toggleLockedLabel(label())),
    solo() {
      const item = labeler.item.value;
      const [part] = item ? labeler.task.entries(item.value).filter(({ id }) => meant().includes(id)) : [];
      visibility.toggleAlone(part?.label ?? label());
    },
    "show-all": visibility.showAll,
  };
}

/** Enter and Space belong to the button that has the focus. */
function isActivation(event: KeyboardEvent): boolean {
  return (event.key === "Enter" || event.key === " ") && event.target instanceof HTMLElement && event.target.matches("button");
}

async function toggleFullScreen(host: HTMLElement, shadow: ShadowRoot): Promise<void> {
  if (shadow.ownerDocument.fullscreenElement) await shadow.ownerDocument.exitFullscreen();
  else await host.requestFullscreen();
}
