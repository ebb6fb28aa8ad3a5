/** A wait that can be called off; nobody hears of it then. */
export function timer(ms: number): { over: Promise<false>; cancel(): void } {
  let handle: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    handle = setTimeout(() => resolve(false), ms);
  });
  return { over, cancel: () => clearTimeout(handle) };
}
