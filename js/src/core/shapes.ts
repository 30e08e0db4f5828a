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
}

export interface Applied<Value, Change> {
  readonly value: Value;
  /** The change that leads back. */
  readonly inverse: Change;
}

export function created<S extends Shape>(...shapes: S[]): ShapeChange<S> {
  return { created: shapes, updated: [], deleted: [], at: [] };
}

export function updated<S extends Shape>(...shapes: S[]): ShapeChange<S> {
  return { created: [], updated: shapes, deleted: [], at: [] };
}

export function deleted<S extends Shape>(...ids: string[]): ShapeChange<S> {
  return { created: [], updated: [], deleted: ids, at: [] };
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
  };
  const after = value.filter((shape) => !gone.has(shape.id)).map((shape) => changed.get(shape.id) ?? shape);
  change.created.forEach((shape, index) => {
    after.splice(Math.min(change.at[index] ?? after.length, after.length), 0, shape);
  });
  return { value: after, inverse };
}
