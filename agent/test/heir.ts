/** Holds what its parent sends it, and ends with its parent. */
const held: unknown[] = [];
process.on('message', (_, handle) => {
  held.push(handle);
  process.send?.(held.length);
});
process.on('disconnect', () => process.exit());
