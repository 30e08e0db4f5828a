import type { Signal } from "@preact/signals";
import { badge, type KeyBinding } from "../core/keys";
import { Dialog, type DialogName } from "./dialog";

interface HelpProps {
  open: Signal<DialogName | null>;
  bindings: readonly KeyBinding[];
}

const GROUPS = ["Labels", "Tools", "Items", "Edit", "View"] as const;
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
        {GROUPS.map((group) => (
          <table key={group}>
            <caption>{group}</caption>
            <tbody>
              {rows(bindings.filter((binding) => binding.group === group)).map(([text, keys]) => (
                <tr key={text}>
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

/** One row for each thing to do, with all its keys. */
function rows(bindings: readonly KeyBinding[]): [string, string[]][] {
  const byTitle = new Map<string, string[]>();
  for (const { title, key } of bindings) byTitle.set(title, [...(byTitle.get(title) ?? []), key]);
  return [...byTitle].map(([title, keys]) => [title.replace(/^label /, ""), badges(keys)]);
}

const ARROW = /Arrow\w+$/;

/** The four arrows that do one thing share a badge. */
function badges(keys: readonly string[]): string[] {
  const [first, ...others] = keys;
  if (!first || others.length !== 3 || !keys.every((key) => ARROW.test(key))) return keys.map(badge);
  return [`${badge(first).slice(0, -1)}← → ↑ ↓`];
}
