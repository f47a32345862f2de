// What became of a letter: taken, refused for good, or to be sent again, and after how long.
import type { CombinedError } from 'urql';
import type { RefusalFragment } from '#gql';

const AGAIN_MS = 3_000;
const LONGEST_MS = 60_000;
// These refuse nothing for good; the words may even stand there already, as when an operation is given up late.
const UNCERTAIN = ['INTERNAL', 'TIMEOUT', 'RATE_LIMITED'];

type Refusals = Pick<RefusalFragment, 'message'>[];

export type Answer =
  /** The server has said what it has against it: nothing, if it has taken it. */
  | { problem: string }
  /** It is not known, and `insists` where the server itself asks to be left alone until then. */
  | { againMs: number; insists: boolean };

/** Reads an answer; `failures` is how often there was none before, as pauses grow with it. */
export function read(data: object | undefined, error: CombinedError | undefined, failures: number): Answer {
  const payload = Object.values(data ?? {})[0] as { errors: Refusals } | null | undefined;
  if (payload) return { problem: inWords(payload.errors) };
  const refusals = error?.networkError ? [] : (error?.graphQLErrors ?? []);
  const { code, retryAfter } = refusals[0]?.extensions ?? {};
  const seconds = Number(retryAfter ?? error?.response?.headers?.get('retry-after'));
  if (code === 'RATE_LIMITED' && seconds > 0) return { againMs: seconds * 1000, insists: true };
  if (refusals.length === 0 || UNCERTAIN.includes(String(code)))
    return { againMs: Math.min(AGAIN_MS * 2 ** failures, LONGEST_MS), insists: false };
  return { problem: inWords(refusals) };
}

function inWords(refusals: Refusals): string {
  return refusals.map(({ message }) => message).join(' ');
}
