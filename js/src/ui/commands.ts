import type { Command } from "../core/keys";
import type { Labeler } from "../core/labeler";
import { MANY } from "../core/search";
import { type Editor, hasInstructions } from "../core/task";

/** What the shell itself can do, by the names in the table of keys, which are those in `data-nblabel-action` too. */
export type Actions = Record<
  | "submit"
  | "skip"
  | "next"
  | "previous"
  | "undo"
  | "redo"
  | "remove"
  | "accept-all"
  | "reject"
  | "surer"
  | "less-sure"
  | "next-entry"
  | "previous-entry"
  | "hide"
  | "solo"
  | "show-all"
  | "lock"
  | "search"
  | "edit"
  | "fit"
  | "zoom-in"
  | "zoom-out"
  | "picture"
  | "full-screen"
  | "instructions"
  | "help",
  () => void
>;

/** The command that chooses a label. */
export function labelAction(name: string): string {
  return `label-${name}`;
}

/** Everything that a key can do here, in the order in which `?` lists it. */
export function commandsOf<Value, Change, Media>(
  labeler: Labeler<Value, Change, Media>,
  actions: Actions,
  editor: Editor,
  clipboard: Partial<Record<"copy" | "paste" | "duplicate" | "repeat", () => void>>,
): Command[] {
  const command = (group: Command["group"], action: keyof Actions, title: string, run = actions[action]): Command => ({ action, title, group, run });
  const enter = () => {
    const { proposal, accept } = labeler.suggestions;
    if (editor.finish()) return;
    if (proposal.value) accept([proposal.value]);
    else actions.submit();
  };
  const labels = labeler.labels.map(
    ({ name }, place): Command => ({ action: labelAction(name), title: name, group: "Labels", run: () => labeler.chooseLabel(place) }),
  );
  const tools = labeler.task.tools.map(
    ({ name, title }): Command => ({
      action: `tool-${name}`,
      title,
      group: "Tools",
      run: () => {
        labeler.tool.value = name;
      },
    }),
  );
  const toggles = (editor.toggles ?? []).map(
    ({ name, title, on }): Command => ({
      action: name,
      title,
      group: "Tools",
      run: () => {
        on.value = !on.value;
        labeler.announce(`${title}: ${on.value ? "on" : "off"}`);
      },
    }),
  );
  const copying = Object.entries({
    copy: "Copy",
    paste: "Paste, also on another item",
    duplicate: "Duplicate",
    repeat: "Copy the labels of the item before",
  }).flatMap(([action, title]): Command[] => {
    const run = clipboard[action as keyof typeof clipboard];
    return run ? [{ action, title, group: "Edit", run }] : [];
  });
  const ofParts = [
    command("Edit", "remove", "Delete"),
    command("Edit", "next-entry", "Select the next in the list"),
    command("Edit", "previous-entry", "Select the one before"),
    command("View", "hide", "Hide the selection, or the active label"),
    command("View", "solo", "Show this label only"),
    command("View", "show-all", "Show all again"),
    command("View", "lock", "Lock the selection, or the active label"),
  ];
  const ofSuggestions = [
    command("Edit", "accept-all", "Accept all suggestions shown"),
    command("Edit", "reject", "Reject the suggestion"),
    command("View", "surer", "Show surer suggestions only"),
    command("View", "less-sure", "Show less sure suggestions too"),
  ];
  return [
    ...labels,
    ...(labels.length > MANY ? [command("Labels", "search", "Search the labels")] : []),
    ...tools,
    ...toggles,
    ...(labeler.task.suggestions ? ofSuggestions : []),
    command("Items", "submit", "Submit", enter),
    ...(labeler.form ? [] : [command("Items", "skip", "Skip"), command("Items", "next", "Next item"), command("Items", "previous", "Previous item")]),
    command("Edit", "undo", "Undo"),
    command("Edit", "redo", "Redo"),
    ...(labeler.task.choosing ? [] : ofParts),
    ...copying,
    ...(labeler.task.fields ? [command("Edit", "edit", "Edit in numbers and words")] : []),
    ...editor.commands,
    command("View", "fit", "Fit"),
    command("View", "zoom-in", "Zoom in"),
    command("View", "zoom-out", "Zoom out"),
    ...(editor.picture ? [command("View", "picture", "Brightness and contrast")] : []),
    command("View", "full-screen", "Full screen"),
    ...(hasInstructions(labeler.view) ? [command("View", "instructions", "Instructions")] : []),
    command("View", "help", "Keys"),
  ];
}
