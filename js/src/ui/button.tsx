import type { ComponentChildren } from "preact";
import { Icon } from "./icons";

interface ButtonProps {
  title: string;
  run(): void;
  action?: string;
  icon?: string;
  /** Key badge. */
  badge?: string | undefined;
  disabled?: boolean;
  /** Whether something is on, where it can be. */
  pressed?: boolean;
  kind?: "primary" | "plain";
  children?: ComponentChildren;
}

/**
 * A button with an icon or a text, its key beside it.
 *
 * It is never really disabled: a focused button that becomes disabled loses the focus, and with it every key.
 */
export function Button({ title, run, action, icon, badge, disabled = false, pressed, kind = "plain", children }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind} ${children ? "" : "square"}`}
      data-nblabel-action={action}
      title={badge ? `${title} (${badge})` : title}
      aria-label={title}
      aria-disabled={disabled}
      aria-pressed={pressed}
      onClick={() => {
        if (!disabled) run();
      }}
    >
      {icon && <Icon name={icon} />}
      {children}
      {badge && children && <kbd>{badge}</kbd>}
    </button>
  );
}
