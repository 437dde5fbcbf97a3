// What a shell or the habits of JavaScript do to JSON: quotation marks that are missing or single, a comma too many.
const parts =
  /"(?:[^"\\]|\\.)*"|'([^'"\\]*)'|([\p{L}_$][\p{L}\p{N}_$-]*(?: +[\p{L}_$][\p{L}\p{N}_$-]*)*)|,\s*(?=[}\]])/gu;
const literals = ['true', 'false', 'null'];

/** The JSON that was probably meant by a text that is not JSON; undefined where that cannot be told. */
export function repaired(text: string): string | undefined {
  const json = text.replace(parts, (found, single?: string, word?: string) => {
    if (single !== undefined) return JSON.stringify(single);
    if (word !== undefined) return literals.includes(word) ? word : JSON.stringify(word);
    return found.startsWith(',') ? '' : found;
  });
  try {
    JSON.parse(json);
    return json;
  } catch {
    return undefined;
  }
}
