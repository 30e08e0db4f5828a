import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Picture } from "../core/task";
import { Button } from "./button";

interface PictureMenuProps {
  picture: Picture;
  open: Signal<boolean>;
  badge: string | undefined;
  leave(): void;
}

const SLIDERS = [
  ["brightness", "Brightness"],
  ["contrast", "Contrast"],
] as const;
const MOST = 3;

/** How the image is shown: for looking closer, not a change of the image. */
export function PictureMenu({ picture, open, badge, leave }: PictureMenuProps) {
  const menu = useRef<HTMLFieldSetElement>(null);
  const shown = open.value;
  useEffect(() => {
    if (shown) menu.current?.querySelector("input")?.focus({ preventScroll: true });
  }, [shown]);
  const changed = picture.brightness.value !== 1 || picture.contrast.value !== 1 || !picture.smooth.value;

  function close(): void {
    open.value = false;
    leave();
  }
  function reset(): void {
    picture.brightness.value = 1;
    picture.contrast.value = 1;
    picture.smooth.value = true;
  }

  return (
    <>
      <Button
        title="Brightness and contrast"
        action="picture"
        icon="picture"
        badge={badge}
        pressed={changed}
        run={() => {
          open.value = !shown;
        }}
      />
      {shown && (
        <fieldset
          ref={menu}
          class="menu"
          data-nblabel="picture"
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
        >
          <legend class="unseen">How the image is shown</legend>
          {SLIDERS.map(([name, title]) => (
            <label key={name}>
              <span>
                {title} <output>{Math.round(picture[name].value * 100)}%</output>
              </span>
              <input
                type="range"
                data-nblabel-field={name}
                min={0}
                max={MOST}
                step={0.05}
                value={picture[name].value}
                onInput={(event) => {
                  picture[name].value = event.currentTarget.valueAsNumber;
                }}
              />
            </label>
          ))}
          <label class="check">
            <input
              type="checkbox"
              data-nblabel-field="smooth"
              checked={picture.smooth.value}
              onChange={(event) => {
                picture.smooth.value = event.currentTarget.checked;
              }}
            />
            Smooth pixels
          </label>
          <div class="group">
            <Button title="As it is" run={reset}>
              As it is
            </Button>
            <Button title="Close" run={close}>
              Close
            </Button>
          </div>
        </fieldset>
      )}
    </>
  );
}
