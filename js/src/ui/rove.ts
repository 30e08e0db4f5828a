/**
 * Lets the arrows, Home and End move the focus along the buttons of a list, of which Tab reaches only the current one.
 *
 * Gives the listener for the list's `keydown`.
 */
export function rove(selector: string): (event: KeyboardEvent) => void {
  return (event) => {
    const { currentTarget: list, target } = event;
    if (!(list instanceof HTMLElement) || !(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return;
    const stops = [...list.querySelectorAll<HTMLElement>(selector)];
    const at = stops.findIndex((stop) => stop === target || stop.parentElement === target.parentElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    stops[Math.min(Math.max(to, 0), stops.length - 1)]?.focus();
  };
}
