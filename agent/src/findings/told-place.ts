import { type Holder } from '../contract.ts';

/**
 * Whether the starter chose this port: the command line tells it, or has the number anywhere as one of its own
 * (`http.server 8001`, `TCP-LISTEN:3000,fork`, `/srv/web-3001/server.js`). What fell back in silence has another number there.
 */
export function isTold({ toldPorts, commandLine }: Holder, port: number): boolean {
  return toldPorts.includes(port) || commandLine.some((argument) => hasNumber(argument, String(port)));
}

function hasNumber(text: string, digits: string): boolean {
  for (let at = text.indexOf(digits); at !== -1; at = text.indexOf(digits, at + 1)) {
    if (!isDigit(text[at - 1]) && !isDigit(text[at + digits.length])) return true;
  }
  return false;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
