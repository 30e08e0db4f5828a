import { useEffect, useRef } from "preact/hooks";
import { badge } from "../core/keys";
import type { Labeler } from "../core/labeler";
import type { Entry } from "../core/task";
import type { Suggestion } from "../generated/schema";
import { Button } from "./button";
import { Icon } from "./icons";
import type { Shell } from "./shell";

const UNKNOWN_COLOR = "#9e9e9e";
const STEP = 0.05;

/** What is suggested for the item: each to be accepted or rejected, or all that are sure enough. */
export function Suggestions<Value, Change, Media>({ labeler, actions, keyFor, focusStage }: Shell<Value, Change, Media>) {
  const { suggestions } = labeler;
  const entries = suggestions.entries();
  const hidden = suggestions.hidden.value;
  const proposal = suggestions.proposal.value;
  const colors = new Map(labeler.labels.map(({ name, color }) => [name, color]));
  const scored = suggestions.threshold.value > 0 || entries.some(({ suggestion }) => suggestion.score !== null);
  if (entries.length + hidden === 0) return null;
  return (
    <section class="suggestions" aria-label="Suggestions">
      <h3>
        Suggested <span class="count">{hidden > 0 ? `${entries.length} of ${entries.length + hidden}` : entries.length}</span>
      </h3>
      {scored && <Threshold labeler={labeler} />}
      <ul class="scroll">
        {entries.map((entry) => (
          <Row
            key={entry.id}
            entry={entry}
            color={colors.get(entry.label) ?? UNKNOWN_COLOR}
            proposed={entry.suggestion === proposal}
            select={() => {
              labeler.select([entry.id]);
              focusStage();
            }}
            accept={() => suggestions.accept([entry.suggestion])}
            reject={() => suggestions.reject([entry.suggestion])}
          />
        ))}
      </ul>
      {entries.length > 1 && (
        <Button title="Accept all suggestions shown" action="accept-all" badge={keyFor("accept-all")} run={actions["accept-all"]}>
          Accept all {entries.length}
        </Button>
      )}
    </section>
  );
}

function Threshold<Value, Change, Media>({ labeler }: { labeler: Labeler<Value, Change, Media> }) {
  const { threshold } = labeler.suggestions;
  return (
    <label class="threshold">
      <span>Score from</span>
      <input
        type="range"
        min="0"
        max="1"
        step={STEP}
        value={threshold.value}
        data-nblabel="threshold"
        onInput={(event) => {
          threshold.value = Number(event.currentTarget.value);
        }}
      />
      <output>{threshold.value.toFixed(2)}</output>
    </label>
  );
}

interface RowProps {
  entry: Entry & { readonly suggestion: Suggestion };
  color: string;
  proposed: boolean;
  select(): void;
  accept(): void;
  reject(): void;
}

function Row({ entry: { label, text, detail, title, suggestion }, color, proposed, select, accept, reject }: RowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (proposed) row.current?.scrollIntoView({ block: "nearest" });
  }, [proposed]);
  const score = suggestion.score === null ? "" : suggestion.score.toFixed(2);
  const beside = text ? [detail, score].filter(Boolean).join(" ") : score || detail;
  const words = [`Suggested: ${title}`, score && `score ${score}`, suggestion.source && `by ${suggestion.source}`].filter(Boolean).join(", ");
  return (
    <li ref={row} class="row suggestion" data-nblabel={proposed ? "proposal" : undefined} data-selected={proposed} style={{ "--color": color }}>
      <button type="button" class="pick" aria-label={words} title={words} onClick={select}>
        <i class="swatch" />
        <span class="text" dir="auto">
          {text ?? label}
        </span>
        <span class="detail">{beside}</span>
        {proposed && <kbd>{badge("Enter")}</kbd>}
      </button>
      <button type="button" class="mark" data-nblabel-mark="accept" aria-label={`Accept ${words}`} title={`Accept this ${label}`} onClick={accept}>
        <Icon name="accept" />
      </button>
      <button type="button" class="mark" data-nblabel-mark="reject" aria-label={`Reject ${words}`} title={`Reject this ${label}`} onClick={reject}>
        <Icon name="close" />
      </button>
    </li>
  );
}

const NONE = "No suggestion is shown here.";

/** What keys and buttons do with suggestions. */
export function suggestionActions<Value, Change, Media>(
  labeler: Labeler<Value, Change, Media>,
): Record<"accept-all" | "reject" | "surer" | "less-sure", () => void> {
  const { waiting, proposal, threshold, accept, reject } = labeler.suggestions;
  function shift(by: number): void {
    threshold.value = Math.min(Math.max(Math.round((threshold.value + by) / STEP) * STEP, 0), 1);
    labeler.announce(`Suggestions with a score from ${threshold.value.toFixed(2)}: ${waiting.value.length}`);
  }
  return {
    "accept-all": () => (waiting.value.length > 0 ? accept(waiting.value) : labeler.inform(NONE)),
    reject: () => (proposal.value ? reject([proposal.value]) : labeler.inform(NONE)),
    surer: () => shift(STEP),
    "less-sure": () => shift(-STEP),
  };
}
