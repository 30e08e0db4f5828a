import type { Control } from "../core/task";
import { Button } from "./button";
import { Icon } from "./icons";
import type { Shell } from "./shell";

/** How the tools work, above the stage: sliders and choices of the active tool, what can be on or off, and what there is to know. */
export function Controls<Value, Change, Media>({
  labeler,
  editor,
  keyFor,
  focusStage,
  controls,
}: Shell<Value, Change, Media> & { controls: readonly Control[] }) {
  const shown = controls.filter((control) => control.kind === "fact" || (control.tools?.includes(labeler.tool.value) ?? true));
  const settings = shown.filter(({ kind }) => kind !== "fact");
  const facts = shown.filter(({ kind }) => kind === "fact");
  return (
    <div class="controls" role="toolbar" aria-label="Tool settings">
      {settings.map((control) => (
        <One key={control.name} control={control} badge={keyFor(control.name)} leave={focusStage} />
      ))}
      {editor.toggles?.map(({ name, title, on }) => (
        <Button
          key={name}
          title={title}
          action={name}
          badge={keyFor(name)}
          pressed={on.value}
          icon={name}
          run={() => {
            on.value = !on.value;
          }}
        />
      ))}
      {facts.map((control) => (
        <One key={control.name} control={control} badge={keyFor(control.name)} leave={focusStage} />
      ))}
    </div>
  );
}

const STEPS = 100;

function One({ control, badge, leave }: { control: Control; badge: string | undefined; leave(): void }) {
  if (control.kind === "fact") {
    return (
      <span class="control fact">
        <Button title={control.title} action={control.name} badge={badge} run={control.run}>
          {control.text.value}
        </Button>
      </span>
    );
  }
  if (control.kind === "choice") {
    return (
      <fieldset class="control plain">
        <legend class="unseen">{control.title}</legend>
        {control.choices.map(([value, title]) => (
          <button
            key={value}
            type="button"
            class="button square"
            aria-pressed={control.value.value === value}
            aria-label={title}
            title={badge ? `${title} (${badge})` : title}
            data-nblabel-field={`${control.name}-${value}`}
            onClick={() => {
              control.value.value = value;
            }}
          >
            <Icon name={value} />
          </button>
        ))}
      </fieldset>
    );
  }
  const { name, title, value, minimum, maximum, unit, logarithmic } = control;
  const ratio = Math.log(maximum / Math.max(minimum, 1));
  const place = logarithmic ? (STEPS * Math.log(value.value / minimum)) / ratio : value.value;
  return (
    <label class={`control ${name}`} title={title}>
      {title}
      <input
        type="range"
        data-nblabel-field={name}
        min={logarithmic ? 0 : minimum}
        max={logarithmic ? STEPS : maximum}
        step={1}
        value={place}
        aria-valuetext={`${value.value} ${unit}`}
        onInput={(event) => {
          const at = event.currentTarget.valueAsNumber;
          value.value = logarithmic ? Math.round(minimum * Math.exp((at / STEPS) * ratio)) : at;
        }}
        onPointerUp={leave}
      />
      <output>
        {value.value}
        {unit && ` ${unit}`}
      </output>
    </label>
  );
}
