import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createDraft, type Draft, readDraft } from "../core/draft";
import { type Area, type PixelMask, paintWhere } from "../core/mask";
import { partOf } from "../core/mask-suggestions";
import { createProposals, type Prompts, type Proposals } from "../core/proposals";
import { crumbsOf, holesOf, nextGap } from "../core/regions";
import type { TaskContext } from "../core/task";
import type { MaskChange, Proposal } from "../generated/schema";
import type { MaskLayer } from "../ui/mask-layer";
import type { SegmentScene } from "./auto-segment";
import type { MaskScene } from "./masks";
import type { BrushShape } from "./stamp";

export type MaskContext = TaskContext<PixelMask, MaskChange, ImageBitmap>;

const LARGEST_BRUSH = 1000;
const ENLARGED = 1.25;

/** How an editor of masks is set, and all that it does to a mask. */
export interface Painting extends MaskScene, SegmentScene {
  readonly label: ReadonlySignal<string>;
  /** The class of each code that is shown: those of the mask, the active one, and the one that is suggested. */
  readonly names: ReadonlySignal<readonly string[]>;
  readonly unlabeledOnly: Signal<boolean>;
  readonly proposals: Proposals;
  largerBrush(): void;
  smallerBrush(): void;
  fillHoles(): void;
  keepLargest(): void;
  /** The next part without a class; null when there is none. */
  nextGap(): Area | null;
  /** The place of the class under a pixel, among the labels. */
  labelAt(x: number, y: number): number;
}

export function createPainting(context: MaskContext, layer: MaskLayer, seen: () => Area, life: AbortSignal): Painting {
  const mask = computed(() => (context.item.value?.media ? context.item.value.value : null));
  const label = computed(() => context.labels[context.label.value]?.name ?? "");
  const brush = { size: signal(20), shape: signal<BrushShape>("circle") };
  const unlabeledOnly = signal(false);
  const proposals = createProposals(context.call);
  const suggested = computed(() => {
    const suggestion = context.suggestions.proposal.value;
    const size = mask.value;
    return suggestion && size ? { label: partOf(suggestion).label, draft: readDraft(size, partOf(suggestion).runs) } : null;
  });
  const names = computed(() => [...new Set([...(mask.value?.names ?? []), label.value, ...(suggested.value ? [suggested.value.label] : [])])]);
  let draft: Draft | null = null;
  let painted: string | null = null;
  let gap = -1;

  /** For each code, whether its pixels must stay: those of locked classes, and all of them where only what has no class is painted. */
  function closedCodes(under: PixelMask, erase: boolean): Uint8Array {
    const closed = new Uint8Array(256);
    under.names.forEach((name, place) => {
      if (context.visibility.locksLabel(name) || context.visibility.locks({ id: name, label: name })) closed[place + 1] = 1;
    });
    if (unlabeledOnly.value && !erase) closed.fill(1, 1);
    return closed;
  }

  /** Paints, as one step, a class wherever `wanted` says so. */
  function paint(area: Area, name: string | null, wanted: (place: number) => boolean): void {
    const under = mask.value;
    if (!under) return;
    const closed = closedCodes(under, name === null);
    for (const change of paintWhere(under, area, name, (at) => wanted(at) && closed[under.pixels[at] as number] === 0)) context.commit(change);
  }

  const codeOf = (name: string): number => names.value.indexOf(name) + 1;

  const stop = effect(() => {
    const under = mask.value;
    const found = proposals.found.value;
    const fits = under && found?.width === under.width && found.height === under.height;
    const offered = suggested.value;
    if (fits) layer.proposal = { draft: found, code: codeOf(label.value), closed: closedCodes(under, false) };
    else if (under && offered) layer.proposal = { draft: offered.draft, code: codeOf(offered.label), closed: new Uint8Array(256).fill(1, 1) };
    else layer.proposal = null;
    layer.refresh();
  });
  life.addEventListener("abort", stop);
  context.onEvent((event, params) => {
    if (event === "proposal" && !life.aborted) proposals.receive(params as Proposal);
  });

  return {
    mask,
    label,
    names,
    image: computed(() => (context.item.value?.view.preview ? null : (context.item.value?.media ?? null))),
    brush,
    unlabeledOnly,
    tolerance: signal(15),
    proposals,
    seen,
    begin(erase) {
      const under = mask.value;
      if (!under) return null;
      if (draft?.width !== under.width || draft.height !== under.height) draft = createDraft(under);
      draft.clear();
      painted = erase ? null : label.value;
      layer.draft = { draft, code: erase ? 0 : codeOf(label.value), closed: closedCodes(under, erase) };
      return draft;
    },
    inform: context.inform,
    show: (area) => layer.update(area),
    end(keep) {
      const reached = draft?.area;
      const { pixels } = draft ?? {};
      layer.draft = null;
      if (keep && reached && pixels) paint(reached, painted, (at) => pixels[at] === 1);
      draft?.clear();
      if (reached) layer.update(reached);
    },
    ask(prompts: Prompts) {
      const view = context.item.value?.view;
      if (view && mask.value) proposals.ask({ index: view.index, width: mask.value.width, height: mask.value.height }, inside(prompts, mask.value));
    },
    accept() {
      const found = proposals.found.value;
      if (!found || layer.proposal?.draft !== found) return false;
      if (found.area) paint(found.area, label.value, (at) => found.pixels[at] === 1);
      proposals.drop();
      return true;
    },
    drop: proposals.drop,
    largerBrush() {
      brush.size.value = Math.min(Math.max(Math.round(brush.size.value * ENLARGED), brush.size.value + 1), LARGEST_BRUSH);
    },
    smallerBrush() {
      brush.size.value = Math.max(Math.min(Math.round(brush.size.value / ENLARGED), brush.size.value - 1), 1);
    },
    fillHoles() {
      const holes = mask.value && holesOf(mask.value, codeOf(label.value));
      if (holes) paint(holes.area, label.value, holes.isHole);
    },
    keepLargest() {
      const crumbs = mask.value && crumbsOf(mask.value, codeOf(label.value));
      if (crumbs) paint(crumbs.area, null, crumbs.isCrumb);
    },
    nextGap() {
      const found = mask.value && nextGap(mask.value, gap);
      gap = found?.start ?? -1;
      return found?.area ?? null;
    },
    labelAt(x, y) {
      const under = mask.value;
      if (!under || x < 0 || y < 0 || x >= under.width || y >= under.height) return -1;
      const code = under.pixels[Math.floor(y) * under.width + Math.floor(x)] ?? 0;
      return context.labels.findIndex(({ name }) => name === under.names[code - 1]);
    },
  };
}

/** Moves what was pointed at beside the image to its border. */
function inside({ extremes, box, marks }: Prompts, { width, height }: PixelMask): Prompts {
  const clip = ({ x, y }: { x: number; y: number }) => ({ x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) });
  return { extremes: extremes.map(clip), box, marks: marks.map(({ points, positive }) => ({ points: points.map(clip), positive })) };
}
