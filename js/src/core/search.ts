/** More than this are searched rather than looked through. */
export const MANY = 12;

/** Finds texts that hold all words of a query, whatever their case and accents; those that begin with the query come first. */
export function search<Found>(
  query: string,
  candidates: readonly Found[],
  texts: (candidate: Found) => readonly (string | null)[],
): readonly Found[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return candidates;
  const first: Found[] = [];
  const others: Found[] = [];
  for (const candidate of candidates) {
    const [name = "", ...more] = texts(candidate).map((text) => folded(text ?? ""));
    const all = [name, ...more].join("\n");
    if (!words.every((word) => all.includes(word))) continue;
    (name.startsWith(words.join(" ")) ? first : others).push(candidate);
  }
  return [...first, ...others];
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
