// The other side of support/processes.ts: a child that obeys orders, and ends when its parent lets go or dies.

/** Obeys until the parent lets go, then `end`s. What is thrown becomes the answer. */
// eslint-disable-next-line typescript/no-unnecessary-type-parameters -- what comes over IPC has the type that both sides agreed on
export function obey<Order extends { readonly kind: string }>(
  perform: (order: Order) => Promise<unknown>,
  end: () => Promise<void> = () => Promise.resolve(),
): void {
  const answer = (reply: object): void => {
    if (process.connected) process.send?.(reply);
  };
  process.on('message', (order: Order & { readonly id: number }) => {
    perform(order).then(
      (value) => answer({ id: order.id, value }),
      (error: unknown) =>
        answer({ id: order.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => {
    void end()
      .catch((error: unknown) => console.warn(error))
      .finally(() => process.exit());
  });
  // Ctrl-C goes to everybody in the terminal; the parent stops us in order.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}

/** Milliseconds since the epoch with fractions: one clock for all processes of this machine. */
export function wall(): number {
  return performance.timeOrigin + performance.now();
}
