/** A text cut in two, so that what narrows is its middle and the tail stays readable. */
interface SplitText {
  readonly head: string;
  readonly tail: string;
}

/** The last `length` characters as tail; a text less than twice as long is not cut. Never splits a surrogate pair. */
export function splitTail(text: string, length: number): SplitText {
  const characters = Array.from(text);
  if (characters.length < 2 * length) return { head: text, tail: '' };
  return { head: characters.slice(0, -length).join(''), tail: characters.slice(-length).join('') };
}
