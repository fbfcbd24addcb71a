/** Something the configuration names cannot be used; the message is for people and says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What is read for an option, or a {@link StartError} that names it. */
export function needed<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(`${option}: ${messageOf(error)}; give a file the agent's user may read`, { cause: error });
  }
}
