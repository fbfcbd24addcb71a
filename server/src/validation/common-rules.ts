import { integer, matching, text, type Rule } from './rule.ts';

/** What listeners, processes and findings have alike. */
export const pid: Rule = integer(0, 0x7fffffff);
export const port: Rule = integer(0, 65_535);
/** An inode: decimal, as text. */
export const number: Rule = matching(/^\d{1,20}$/, 'digits');
export const address: Rule = text(64, 1);
export const name: Rule = text(4_096);
