import type { Finding } from '@portlight/server/views';
import { commandText } from '../ui/command-text.ts';

type Step = Finding['steps'][number];

/** All commands in order, each below its title as a comment. */
export function stepsText(steps: readonly Step[]): string {
  return steps.map(({ title, command }) => `# ${commentText(title)}\n${commandText(command)}\n`).join('\n');
}

/** Not every shell takes `#` for a comment where people type, so nothing that means anything to a shell stays. */
function commentText(title: string): string {
  return title.replace(/;/g, ',').replace(/[^\p{L}\p{N} .,:/%+_-]/gu, '_');
}
