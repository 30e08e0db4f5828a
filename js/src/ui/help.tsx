import type { Signal } from "@preact/signals";
import { badge, GROUPS, type KeyBinding } from "../core/keys";
import { Dialog, type DialogName } from "./dialog";

interface HelpProps {
  open: Signal<DialogName | null>;
  bindings: readonly KeyBinding[];
}

const MOUSE = [
  ["Wheel or pinch", "Zoom at the pointer"],
  ["Space and drag, or middle button", "Move the image"],
  ["Esc", "Cancel, deselect, then leave the labeler"],
] as const;

/** The keys as they are bound, not as someone once wrote them down. */
export function Help({ open, bindings }: HelpProps) {
  return (
    <Dialog open={open} name="help" title="Keys">
      <div class="columns">
        {GROUPS.filter((group) => bindings.some((binding) => binding.group === group)).map((group) => (
          <table key={group}>
            <caption>{group}</caption>
            <tbody>
              {rows(bindings.filter((binding) => binding.group === group)).map(({ text, keys, actions }) => (
                <tr key={text} data-nblabel-key={actions.join(" ")}>
                  <td>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </td>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
        <table>
          <caption>Mouse</caption>
          <tbody>
            {MOUSE.map(([gesture, text]) => (
              <tr key={gesture}>
                <td>{gesture}</td>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

interface Row {
  text: string;
  keys: readonly string[];
  actions: readonly string[];
}

/** One row for each thing to do, with all its keys. */
function rows(bindings: readonly KeyBinding[]): Row[] {
  const byTitle = new Map<string, KeyBinding[]>();
  for (const binding of bindings) byTitle.set(binding.title, [...(byTitle.get(binding.title) ?? []), binding]);
  return [...byTitle].map(([text, same]) => ({
    text,
    keys: badges(same.map(({ key }) => key)),
    actions: [...new Set(same.map(({ action }) => action))],
  }));
}

const ARROW = /Arrow\w+$/;

/** The four arrows that do one thing share a badge. */
function badges(keys: readonly string[]): string[] {
  const [first, ...others] = keys;
  if (!first || others.length !== 3 || !keys.every((key) => ARROW.test(key))) return keys.map(badge);
  return [`${badge(first).slice(0, -1)}← → ↑ ↓`];
}
