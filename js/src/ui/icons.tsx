import type { ComponentChildren } from "preact";

function icon(children: ComponentChildren) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

const ICONS = {
  box: icon(
    <>
      <rect x="5" y="6" width="14" height="12" />
      <path d="M3 6h4M5 4v4M17 18h4M19 16v4" />
    </>,
  ),
  grid: icon(<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z" />),
  mark: icon(<path d="M7 14l4-9h2l4 9M8.5 11h7M4 19h16" />),
  brush: icon(<path d="M20 4c-4 2-9 6-11 9l2 2c3-2 7-7 9-11zM8.5 14c-2 0-3 1.3-3 3 0 1.5-1 2-2 2.5 3.5 1 7 .5 7-3" />),
  eraser: icon(<path d="M9 19l-5-5L13.5 4.5l6 6L11 19zM8.5 9.5l6 6M8 19h12" />),
  polygon: icon(<path d="M5 9l8-5 7 6-3 9H7zM4 8h2v2H4zM12 3h2v2h-2zM19 9h2v2h-2zM16 18h2v2h-2zM6 18h2v2H6z" />),
  freehand: icon(<path d="M12 5c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5zM7 14c-1 2 0 3 2 3s2 2 0 4" />),
  rectangle: icon(<path d="M4 6h16v12H4zM4 12l6-6M4 18L16 6M10 18L20 8M16 18l4-4" />),
  fill: icon(<path d="M11 3l8 8-7.5 7.5-7-7zM5 11h13M20 15c1 2 1.5 3 1.5 4a1.5 1.5 0 01-3 0c0-1 .5-2 1.5-4z" />),
  wand: icon(<path d="M4 20L14 10M13 4v3M13 13v3M7 10h3M16 10h3M9 6l2 2M17 6l-2 2M17 14l-2-2" />),
  "auto-segment": icon(<path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M12 8c3 0 4.5 1.5 4.5 4S15 16 12 16s-4.5-1.5-4.5-4S9 8 12 8z" />),
  circle: icon(<circle cx="12" cy="12" r="7" />),
  square: icon(<path d="M5.5 5.5h13v13h-13z" />),
  "unlabeled-only": icon(<path d="M4 4h16v16H4zM12 8v8M8 12h8" stroke-dasharray="3 2" />),
  outline: icon(<path d="M7 5c4-2 10 0 11 5s-3 10-8 9-8-5-6-9c.5-2 1.5-4 3-5z" />),
  select: icon(<path d="M6 4l12 7.5-5.4 1.2L10 18.5z" />),
  undo: icon(<path d="M8 5L4 9l4 4M4 9h10a5.5 5.5 0 010 11h-3" />),
  redo: icon(<path d="M16 5l4 4-4 4M20 9H10a5.5 5.5 0 000 11h3" />),
  fit: icon(<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />),
  zoomIn: icon(
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="M15 15l5 5M8 10.5h5M10.5 8v5" />
    </>,
  ),
  zoomOut: icon(
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="M15 15l5 5M8 10.5h5" />
    </>,
  ),
  previous: icon(<path d="M14.5 6l-6 6 6 6" />),
  next: icon(<path d="M9.5 6l6 6-6 6" />),
  remove: icon(<path d="M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5" />),
  help: icon(
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M9.6 9.6a2.5 2.5 0 114 2c-1 .7-1.6 1.2-1.6 2.2M12 16.8v.1" />
    </>,
  ),
  fullScreen: icon(<path d="M13 4h7v7M20 4l-7 7M11 20H4v-7M4 20l7-7" />),
  "extreme-points": icon(
    <>
      <path d="M12 4l8 7-6 9-10-6z" stroke-dasharray="2 2.4" />
      <path d="M12 4v.01M20 11v.01M14 20v.01M4 14v.01" stroke-width="4" />
    </>,
  ),
  snap: icon(<path d="M5 4h4v8a3 3 0 006 0V4h4v8a7 7 0 01-14 0zM5 8h4M15 8h4" />),
  clip: icon(
    <>
      <path d="M4 4h11v16H4z" />
      <path d="M15 8.5h5.5v7H15" stroke-dasharray="2 2" />
      <path d="M15 8.5H9v7h6" />
    </>,
  ),
  picture: icon(
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8" />
    </>,
  ),
  hide: icon(
    <>
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
      <circle cx="12" cy="12" r="2.8" />
    </>,
  ),
  hidden: icon(
    <path d="M4 4l16 16M9.5 5.9A9.6 9.6 0 0112 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 01-3 3.7M6 7.6A17 17 0 002.5 12S6 18.5 12 18.5c1.5 0 2.8-.4 4-1" />,
  ),
  lock: icon(
    <>
      <rect x="5" y="11" width="14" height="9" rx="1.5" />
      <path d="M8 11V8a4 4 0 018 0v3" />
    </>,
  ),
  unlocked: icon(
    <>
      <rect x="5" y="11" width="14" height="9" rx="1.5" />
      <path d="M8 11V7a4 4 0 017.5-1.9" />
    </>,
  ),
  accept: icon(<path d="M5 12.5l4.5 4.5L19 7.5" />),
  close: icon(<path d="M6 6l12 12M18 6L6 18" />),
};

export type IconName = keyof typeof ICONS;

/** An icon by name; a tool without one shows its first letter. */
export function Icon({ name }: { name: string }) {
  return name in ICONS ? ICONS[name as IconName] : <b aria-hidden="true">{name.slice(0, 1).toUpperCase()}</b>;
}
