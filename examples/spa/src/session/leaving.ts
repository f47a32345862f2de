// Sessions that are over here and still have to be ended on the server: their refresh tokens, until it has answered.
import { LogOutDocument } from '#gql';
import { asNobody } from './tokens';

const KEY = 'mentorship.leaving';

/** Ends a session on the server: at once if that can be reached, and else when the app is opened again. */
export function leave(refreshToken: string): Promise<void> {
  keep([...leaving(), refreshToken]);
  return finishLeaving();
}

/** Ends what an earlier log-out could not end, as without a connection. */
export async function finishLeaving(): Promise<void> {
  for (const refreshToken of leaving()) {
    const { data } = await asNobody.mutation(LogOutDocument, { input: { refreshToken } }).toPromise();
    if (data) keep(leaving().filter((each) => each !== refreshToken));
  }
}

function leaving(): string[] {
  return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[];
}

function keep(tokens: string[]): void {
  if (tokens.length > 0) localStorage.setItem(KEY, JSON.stringify(tokens));
  else localStorage.removeItem(KEY);
}
