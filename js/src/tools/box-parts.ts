import { attributeFields, missingAttribute, withAttribute } from "../core/attributes";
import { clip, move, type Rectangle, sameRectangle } from "../core/rectangle";
import { created, type ShapeChange, updated } from "../core/shapes";
import type { Copies, Field, Fields } from "../core/task";
import { makeId } from "../core/transport";
import type { Size } from "../core/viewport";
import type { Attribute, Box, ItemView } from "../generated/schema";

type Value = readonly Box[];
type Change = ShapeChange<Box>;

/** How far beside its original a copy lies, in image pixels. */
const ASIDE = { x: 10, y: 10 };
const SIDES = ["left", "top", "width", "height"] as const;
const TITLES = { left: "Left", top: "Top", width: "Width", height: "Height" };

function sizeOf({ width, height }: ItemView): Size {
  return { width: width ?? 0, height: height ?? 0 };
}

/** Copies keep their place where they fit; what lies outside a smaller image is left out. */
export const boxCopies: Copies<Value, Change> = {
  take: (value, ids) => value.filter(({ id }) => ids.includes(id)),
  put(item, value, aside) {
    const image = sizeOf(item.view);
    const boxes = value.flatMap((box): Box[] => {
      const kept = clip(aside ? move(box, ASIDE, image) : box, image);
      return kept.width >= 1 && kept.height >= 1 ? [{ ...box, ...kept, id: makeId() }] : [];
    });
    return boxes.length > 0 ? { change: created(...boxes), ids: boxes.map(({ id }) => id) } : null;
  },
};

/** The numbers of a box and its attributes. */
export const boxFields: Fields<Value, Change> = {
  of({ value, view }, id, settings) {
    const box = value.find((one) => one.id === id);
    if (!box) return [];
    const image = settings["clip"] === false ? null : sizeOf(view);
    return [...attributeFields(attributesOf(settings, box.label), box.attributes), ...SIDES.map((side) => sideOf(side, box, image))];
  },
  lacking: (value, settings) => value.filter((box) => missingOf(box, settings)).map(({ id }) => id),
  set({ value, view }, id, name, to, settings) {
    const box = value.find((one) => one.id === id);
    if (!box) return null;
    const side = SIDES.find((one) => one === name);
    if (side) return typeof to === "number" ? resized(box, { ...box, [side]: to }, settings["clip"] === false ? null : sizeOf(view)) : null;
    const attributes = withAttribute(box.attributes, name, to);
    return attributes && updated({ ...box, attributes });
  },
};

/** The attributes that boxes of a class have. */
function attributesOf(settings: Readonly<Record<string, unknown>>, label: string): readonly Attribute[] {
  // Python wrote them from the same dataclass.
  const all = (settings["attributes"] as readonly Attribute[] | undefined) ?? [];
  return all.filter(({ labels }) => labels.length === 0 || labels.includes(label));
}

/** Says what must be written down before an item can be submitted. */
export function lackingAttribute(value: Value, settings: Readonly<Record<string, unknown>>): string | null {
  for (const box of value) {
    const missing = missingOf(box, settings);
    if (missing) return `Every ${box.label} needs “${missing.name}”.`;
  }
  return null;
}

function missingOf({ label, attributes }: Box, settings: Readonly<Record<string, unknown>>): Attribute | undefined {
  return missingAttribute(attributesOf(settings, label), attributes);
}

function sideOf(side: (typeof SIDES)[number], box: Box, image: Size | null): Field {
  const start = side === "left" || side === "top";
  const long = side === "left" || side === "width" ? image?.width : image?.height;
  const taken = { left: box.width, top: box.height, width: box.left, height: box.top }[side];
  const maximum = long === undefined ? null : long - taken;
  const rest = { choices: [], description: "In pixels of the image", required: false, paired: true, kind: "number" as const };
  return { ...rest, name: side, title: TITLES[side], value: box[side], minimum: start ? (image ? 0 : null) : 1, maximum };
}

function resized(box: Box, wanted: Rectangle, image: Size | null): Change | null {
  const { left, top, width, height } = clip(wanted, image);
  const after = { ...box, left, top, width, height };
  return width > 0 && height > 0 && !sameRectangle(after, box) ? updated(after) : null;
}
