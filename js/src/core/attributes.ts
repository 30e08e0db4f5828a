import type { Attribute } from "../generated/schema";
import type { Field } from "./task";

/** Values of attributes by their names. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Names of attributes among those of other fields. */
const PREFIX = "attribute ";

/** Fields of attributes, and of what is written down beside them: that can be seen, and taken away. */
export function attributeFields(attributes: readonly Attribute[], values: Attributes): Field[] {
  const foreign = Object.keys(values).filter((name) => !attributes.some((attribute) => attribute.name === name));
  return [...attributes.map((attribute) => fieldOf(attribute, values)), ...foreign.map((name) => foreignField(name, values))];
}

/** The first attribute that must be written down and is not. */
export function missingAttribute(attributes: readonly Attribute[], values: Attributes): Attribute | undefined {
  return attributes.find(({ name, required }) => required && values[name] === undefined);
}

/** The values after the field of an attribute was set; null where that changes nothing, or where the field is no attribute's. */
export function withAttribute(values: Attributes, field: string, to: Field["value"]): Attributes | null {
  if (!field.startsWith(PREFIX)) return null;
  const name = field.slice(PREFIX.length);
  if ((values[name] ?? null) === to) return null;
  const { [name]: _, ...others } = values;
  return to === null ? others : { ...others, [name]: to };
}

function fieldOf({ name, type, choices, minimum, maximum, required, description }: Attribute, values: Attributes): Field {
  const kind = choices.length > 0 ? "choice" : type;
  return {
    name: PREFIX + name,
    title: name,
    description,
    kind,
    value: written(values[name]),
    choices,
    minimum,
    maximum,
    required,
    paired: false,
  };
}

function foreignField(name: string, values: Attributes): Field {
  const value = written(values[name]);
  return {
    name: PREFIX + name,
    title: name,
    description: "Not an attribute of this task",
    kind: "choice",
    value,
    choices: [String(value)],
    minimum: null,
    maximum: null,
    required: false,
    paired: false,
  };
}

function written(value: unknown): Field["value"] {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}
