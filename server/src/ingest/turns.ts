/** One after another, each in a round of the event loop of its own. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private isRunning = false;

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.isRunning) return;
      this.isRunning = true;
      setImmediate(this.give);
    });
  }

  private readonly give = (): void => {
    this.waiting.shift()?.();
    // An immediate that is set in an immediate runs in the next round, after whatever arrived on sockets.
    if (this.waiting.length > 0) setImmediate(this.give);
    else this.isRunning = false;
  };
}
