import { computed, effect } from "@preact/signals";
import { h, render } from "preact";
import type { Command } from "../core/keys";
import type { TextRange } from "../core/segments";
import { applyShapes, deleted, type ShapeChange, shapeSuggestions, updated } from "../core/shapes";
import type { Editor, TaskModule } from "../core/task";
import { decodeText, offsetsOf, type TextMedia } from "../core/texts";
import type { Span } from "../generated/schema";
import { listenForSpans } from "../tools/span-pointer";
import { createSpanScene, excerpt, followItem, nextGranularity, type SpanContext, type SpanScene } from "../tools/spans";
import { SpanBar } from "../ui/span-bar";
import { createSpanPainter } from "../ui/span-painter";
import { createTextStage } from "../ui/text-stage";

type Value = readonly Span[];
type Change = ShapeChange<Span>;

const task: TaskModule<Value, Change, TextMedia> = {
  type: "named-entity-recognition",
  tools: [
    {
      name: "mark",
      title: "Mark",
      hint: "Choose a class, then drag over its text, click on its first and last word, or double-click a word; Shift-click to begin inside a span",
    },
    {
      name: "select",
      title: "Select",
      hint: "Mark a text, then choose its class; click on a span to select it, drag its ends to resize it",
    },
  ],
  // What the session sends has passed the same schema in Python.
  parse: (value) => value as Value,
  parseChange: (change) => change as Change,
  load: async (data) => decodeText(data),
  release: () => undefined,
  weight: ({ text }) => 2 * text.length,
  apply: applyShapes,
  entries(value, media) {
    const offsets = offsetsOf(media?.text ?? "");
    return [...value]
      .sort((one, other) => one.start - other.start || other.end - one.end)
      .map(({ id, label, start, end }) => {
        const text = media ? excerpt(media.text, { from: offsets.toUnit(start), to: offsets.toUnit(end) }) : `${start}–${end}`;
        return { id, label, text, detail: label, title: `${label}: ${text} (${start} to ${end})` };
      });
  },
  relabel(value, ids, label) {
    const spans = value.filter((span) => ids.includes(span.id) && span.label !== label);
    return spans.length > 0 ? updated(...spans.map((span) => ({ ...span, label }))) : null;
  },
  remove(value, ids) {
    const present = value.filter((span) => ids.includes(span.id)).map((span) => span.id);
    return present.length > 0 ? deleted<Span>(...present) : null;
  },
  suggestions: shapeSuggestions<Span>(),
  mount,
};

export default task;

function mount(element: HTMLElement, context: SpanContext, life: AbortSignal): Editor {
  const bar = document.createElement("div");
  bar.className = "bar-place";
  element.classList.add("for-spans");
  const stage = createTextStage(element, context.item, life);
  element.append(bar);
  const scene = createSpanScene(context);
  const suggested = computed(() => new Set(context.suggestions.waiting.value.map(({ id }) => id)));
  const painter = createSpanPainter(stage, scene, {
    labels: context.labels,
    isSelected: (id) => context.selection.value.includes(id),
    isSuggested: (id) => suggested.value.has(id),
  });
  const labelsAtOnce = computed(() => context.tool.value !== "select");
  const pointer = context.readOnly ? null : listenForSpans(stage, scene, painter, { labelsAtOnce, finish: () => void scene.label() }, life);
  if (!context.readOnly) render(h(SpanBar, { scene }), bar);
  const stops = [
    followItem(scene, context),
    effect(() => {
      // Chosen in the list, say.
      const piece = scene.selected.value;
      if (piece) painter.reveal(piece);
    }),
    () => painter.dispose(),
    () => render(null, bar),
  ];
  life.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });

  function cancel(): boolean {
    const had = pointer?.cancel() || scene.search.value !== null || scene.marked.value !== null;
    scene.search.value = null;
    scene.mark(null);
    return had;
  }

  return {
    commands: spanCommands(scene, (range) => painter.reveal(range)),
    fit: stage.fit,
    finish() {
      pointer?.cancel();
      if (scene.search.value) {
        scene.labelIdentical();
        return true;
      }
      return scene.label();
    },
    cancel,
    zoom: stage.zoom,
    zoomBy: stage.zoomBy,
  };
}

/** What the mouse does, by keys. */
function spanCommands(scene: SpanScene, reveal: (range: TextRange) => void): Command[] {
  const step = (by: 1 | -1, extend: boolean) => () => {
    scene.step(by, extend);
    if (scene.marked.value) reveal(scene.marked.value);
  };
  const command = (action: string, title: string, run: () => void): Command => ({ action, title, group: "Edit", run });
  return [
    command("mark-next", "Mark the next word, character or sentence", step(1, false)),
    command("mark-previous", "Mark the one before", step(-1, false)),
    command("extend-next", "Extend what is marked", step(1, true)),
    command("extend-previous", "Extend what is marked, or shrink it", step(-1, true)),
    command("end-forward", "Move the end of the span forward", () => scene.nudge("to", 1)),
    command("end-back", "Move the end of the span back", () => scene.nudge("to", -1)),
    command("start-forward", "Move the start of the span forward", () => scene.nudge("from", 1)),
    command("start-back", "Move the start of the span back", () => scene.nudge("from", -1)),
    command("identical", "Label all that read alike", scene.searchIdentical),
    command("granularity", "Select by character, word or sentence", () => {
      scene.granularity.value = nextGranularity(scene.granularity.value);
    }),
  ];
}
