/** Attributes by which JupyterLab and VS Code say that their theme changed. */
const THEME_ATTRIBUTES = ["data-jp-theme-light", "data-vscode-theme-kind", "class"];
/** Below this share of white a ground is dark. */
const DARK = 0.5;

/**
 * Tells `host` whether the page around it is dark, until `life` ends.
 *
 * The colours themselves come from the page's own variables; what they lack is chosen by `light-dark()`, which would else follow the system and not
 * the page.
 */
export function followTheme(host: HTMLElement, ground: HTMLElement, life: AbortSignal): void {
  const update = () => {
    host.style.colorScheme = "";
    host.style.colorScheme = (saidDark() ?? isDark(getComputedStyle(ground).backgroundColor)) ? "dark" : "light";
  };
  const observer = new MutationObserver(update);
  observer.observe(document.body, { attributes: true, attributeFilter: THEME_ATTRIBUTES });
  life.addEventListener("abort", () => observer.disconnect());
  globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", update, { signal: life });
  // A style that was just added is computed in the next frame.
  requestAnimationFrame(update);
}

/** What the page says of its theme: known before the theme's style sheet has arrived. */
function saidDark(): boolean | null {
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  if (vscodeThemeKind) return !vscodeThemeKind.includes("light");
  return null;
}

function isDark(color: string): boolean {
  const [red = 255, green = 255, blue = 255] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 < DARK;
}
