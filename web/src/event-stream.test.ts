import assert from 'node:assert/strict';
import test from 'node:test';
import { EventStreamParser } from './event-stream.ts';

test('an event is whole only after its empty line, wherever the chunks are cut', () => {
  const text =
    'retry: 1000\n\n: hello\n\nevent: hosts\nid: 17\ndata: {"a":1}\n\nevent: heartbeat\nretry: 5000\ndata: {}\n\n';
  const expected = [
    { event: 'hosts', id: '17', data: '{"a":1}', retryMs: null },
    { event: 'heartbeat', id: null, data: '{}', retryMs: 5000 },
  ];
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventStreamParser();
    const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    assert.deepEqual(
      chunks.flatMap((chunk) => parser.push(chunk)),
      expected,
    );
  }
});

test('several data lines are one text; line ends may be CRLF', () => {
  assert.deepEqual(new EventStreamParser().push('data: a\r\ndata:b\r\n\r\n'), [
    { event: 'message', id: null, data: 'a\nb', retryMs: null },
  ]);
});

test('an unfinished event is not delivered', () => {
  assert.deepEqual(new EventStreamParser().push('event: hosts\ndata: {}\n'), []);
});
