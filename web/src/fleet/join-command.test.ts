import assert from 'node:assert/strict';
import test from 'node:test';
import { joinCommand } from './join-command.ts';

const cases = [
  ['http://127.0.0.1:9621', 'portlight agent --server http://127.0.0.1:9621'],
  ['http://localhost:9621', 'portlight agent --server http://localhost:9621'],
  ['http://[::1]:9621', 'portlight agent --server http://[::1]:9621'],
  ['https://portlight.example.com', 'portlight agent --server https://portlight.example.com'],
  ['http://10.0.0.5:9621', 'portlight agent --server http://10.0.0.5:9621 --allow-plain-http'],
] as const;

for (const [origin, command] of cases) {
  test(`a machine joins ${origin} by the agent's own rules`, () => {
    assert.equal(joinCommand(origin), command);
  });
}
