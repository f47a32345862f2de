// Waiting for an answer, but not for ever.

/**
 * A fetch that gives up in the end. A connection that died without a word answers nothing, not even that: then whoever
 * waits is told.
 */
export function within(milliseconds: number): typeof fetch {
  return (input, init) => {
    const late = AbortSignal.timeout(milliseconds);
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, late]) : late });
  };
}
