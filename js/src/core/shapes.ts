import type { SuggestionRules } from "./suggestions";

/** A part of a value that changes can name. */
export interface Shape {
  readonly id: string;
}

/** What one gesture did to a list of shapes; `at` says where created shapes go, the end where it is silent. */
export interface ShapeChange<S extends Shape> {
  readonly created: readonly S[];
  readonly updated: readonly S[];
  readonly deleted: readonly string[];
  readonly at: readonly number[];
  /** All shapes in a new order; an empty one changes nothing. */
  readonly order?: readonly string[];
}

export interface Applied<Value, Change> {
  readonly value: Value;
  /** The change that leads back. */
  readonly inverse: Change;
}

export function created<S extends Shape>(...shapes: S[]): ShapeChange<S> {
  return { created: shapes, updated: [], deleted: [], at: [], order: [] };
}

export function updated<S extends Shape>(...shapes: S[]): ShapeChange<S> {
  return { created: [], updated: shapes, deleted: [], at: [], order: [] };
}

export function deleted<S extends Shape>(...ids: string[]): ShapeChange<S> {
  return { created: [], updated: [], deleted: ids, at: [], order: [] };
}

/** Draws shapes in another order, the last one on top. */
export function reordered<S extends Shape>(ids: readonly string[]): ShapeChange<S> {
  return { created: [], updated: [], deleted: [], at: [], order: ids };
}

/** Applies a change to a list of shapes; the rule is that of `BoundingBox.apply` in Python, and both pass the same fixtures. */
export function applyShapes<S extends Shape>(value: readonly S[], change: ShapeChange<S>): Applied<readonly S[], ShapeChange<S>> {
  const before = new Map(value.map((shape) => [shape.id, shape]));
  const places = new Map(value.map((shape, place) => [shape.id, place]));
  const find = (id: string): S => {
    const shape = before.get(id);
    if (!shape) throw new Error(`shape ${id} does not exist`);
    return shape;
  };
  const taken = change.created.find((shape) => before.has(shape.id));
  if (taken) throw new Error(`shape ${taken.id} exists already`);
  const named = [...[...change.created, ...change.updated].map((shape) => shape.id), ...change.deleted];
  if (new Set(named).size < named.length) throw new Error("a change names a shape once");
  const changed = new Map(change.updated.map((shape) => [shape.id, shape]));
  const gone = new Set(change.deleted);
  const inverse = {
    created: [...change.deleted].sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0)).map(find),
    updated: change.updated.map((shape) => find(shape.id)),
    deleted: change.created.map((shape) => shape.id),
    at: [...change.deleted].map((id) => places.get(id) ?? 0).sort((one, other) => one - other),
    order: change.order?.length ? [...before.keys()] : [],
  };
  const after = value.filter((shape) => !gone.has(shape.id)).map((shape) => changed.get(shape.id) ?? shape);
  change.created.forEach((shape, index) => {
    after.splice(Math.min(change.at[index] ?? after.length, after.length), 0, shape);
  });
  return { value: change.order?.length ? inOrder(after, change.order) : after, inverse };
}

function inOrder<S extends Shape>(shapes: readonly S[], order: readonly string[]): S[] {
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  const after = order.flatMap((id) => byId.get(id) ?? []);
  if (after.length !== shapes.length || new Set(order).size !== order.length) throw new Error("an order names every shape once");
  return after;
}

/** How suggested shapes are shown among the others and become some of them: a shape that is moved is accepted as it is then, one that is deleted is rejected. */
export function shapeSuggestions<S extends Shape>(): SuggestionRules<readonly S[], ShapeChange<S>> {
  return {
    // What is suggested has passed the same schema in Python as what is drawn.
    include: (value, parts) => [...value, ...(parts as readonly S[])],
    accept: (_, parts) => created(...(parts as readonly S[])),
    adopt(change, suggested) {
      const taken = change.updated.filter(({ id }) => suggested.has(id));
      const answers = [...taken.map(({ id }) => id), ...change.deleted.filter((id) => suggested.has(id))];
      if (answers.length === 0) return { change, answers };
      const own = {
        created: [...change.created, ...taken],
        updated: change.updated.filter(({ id }) => !suggested.has(id)),
        deleted: change.deleted.filter((id) => !suggested.has(id)),
        at: change.at,
        order: [],
      };
      const empty = own.created.length + own.updated.length + own.deleted.length === 0;
      return { change: empty ? null : own, answers };
    },
    part: (value, id) => value.find((shape) => shape.id === id),
  };
}
