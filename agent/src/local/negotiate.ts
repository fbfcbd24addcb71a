/** Media types a path answers in, and what it calls them. */
export type Media<F extends string> = Readonly<Record<string, F>>;

/** What the path has, and what it gives when that does not matter. */
export interface Offer<F extends string> {
  readonly media: Media<F>;
  readonly preferred: F;
}

/** The forms `/ports` answers in. */
export type Form = 'json' | 'text' | 'html';

export const PORTS_MEDIA: Media<Form> = {
  'application/json': 'json',
  'text/plain': 'text',
  'text/html': 'html',
};

interface Wish<F> {
  readonly form: F;
  readonly quality: number;
}

function wish<F extends string>(part: string, { media: offered, preferred }: Offer<F>): Wish<F>[] {
  const [media = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const form = media === '*/*' ? preferred : offered[media];
  const quality = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
  return form ? [{ form, quality: quality === undefined ? 1 : Number(quality) }] : [];
}

/**
 * The form an Accept header asks for most (RFC 9110, section 12.5.1); `preferred` when it does not matter, null when none
 * of ours will do.
 */
export function negotiate<F extends string>(accept: string | undefined, offer: Offer<F>): F | null {
  if (accept === undefined || accept.trim() === '') return offer.preferred;
  const wishes = accept
    .slice(0, 1000)
    .split(',')
    .flatMap((part) => wish(part, offer));
  const best = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)[0];
  return best?.form ?? null;
}
