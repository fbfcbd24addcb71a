/** The forms `/ports` answers in. */
export type Form = 'json' | 'text' | 'html';

const MEDIA: Readonly<Record<string, Form>> = {
  'application/json': 'json',
  'text/plain': 'text',
  'text/html': 'html',
};

interface Wish {
  readonly form: Form;
  readonly quality: number;
}

function wish(part: string, preferred: Form): Wish[] {
  const [media = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const form = media === '*/*' ? preferred : MEDIA[media];
  const quality = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
  return form ? [{ form, quality: quality === undefined ? 1 : Number(quality) }] : [];
}

/**
 * The form an Accept header asks for most (RFC 9110, section 12.5.1); `preferred` when it does not matter, null when none
 * of ours will do.
 */
export function negotiate(accept: string | undefined, preferred: Form): Form | null {
  if (accept === undefined || accept.trim() === '') return preferred;
  const wishes = accept
    .slice(0, 1000)
    .split(',')
    .flatMap((part) => wish(part, preferred));
  const best = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)[0];
  return best?.form ?? null;
}
