import { connect, type Socket } from 'node:net';
import type { Note } from './journal.ts';

/** Clients that stay connected and ask for nothing. */
export class Connections {
  readonly #note: Note;
  readonly #sockets = new Set<Socket>();

  constructor(note: Note) {
    this.#note = note;
  }

  open(port: number): void {
    const socket = connect(port, '127.0.0.1');
    this.#sockets.add(socket);
    socket.on('connect', () => {
      this.#note({ event: 'connected', port, note: `from port ${socket.localPort ?? 'unknown'}` });
    });
    socket.on('error', (error) => {
      this.#note({ event: 'connection-lost', port, note: error.message });
    });
    socket.on('close', (hadError) => {
      if (!hadError) this.#note({ event: 'connection-lost', port });
    });
    socket.resume();
  }

  /** The clients give up: they close their side, whether anybody answers or not. */
  leave(): void {
    for (const socket of this.#sockets) socket.end();
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('close').destroy();
  }
}
