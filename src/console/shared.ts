/** Asks at most once in `forMs`, however many ask; those who come while an answer is under way wait for that one. */
export function shared<T>(ask: () => Promise<T>, forMs: number, monotonic: () => number): () => Promise<T> {
  let last: { readonly asked: number; readonly answer: Promise<T> } | null = null;
  return () => {
    const now = monotonic();
    if (last === null || now - last.asked >= forMs) last = { asked: now, answer: ask() };
    return last.answer;
  };
}

/** @throws when there is no answer within `ms`; what was asked goes on unheard */
export async function within<T>(ms: number, what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
