import { visibleText } from '../format/visible-text.ts';

/** What is copied is what is seen: a command may have several lines, and hides nothing. */
export function commandText(command: string): string {
  return command.split('\n').map(visibleText).join('\n');
}
