// Words on their way: kept in this browser until the server has them, and sent again, harmlessly, until it does.
import type { Client } from 'urql';
import { CreateCommentDocument, CreatePostDocument, type RefusalFragment, SendMessageDocument } from '#gql';

const KEY = 'mentorship.outbox';
const AGAIN_MS = 3_000;

export type Letter = {
  /** The idempotency key: however often it is sent, it is written once. */
  key: string;
  kind: 'post' | 'comment' | 'message';
  /** The match of a post or a message, the post of a comment. */
  to: string;
  body: string;
  writtenAt: string;
  /** Why the server would not have it, in its own words. */
  problem?: string;
};

export class Outbox {
  #letters: readonly Letter[] = JSON.parse(localStorage.getItem(KEY) ?? '[]') as Letter[];
  #listeners = new Set<() => void>();
  #sending = false;
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  letters = (): readonly Letter[] => this.#letters;

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  send(kind: Letter['kind'], to: string, body: string): void {
    const letter = { key: crypto.randomUUID(), kind, to, body, writtenAt: new Date().toISOString() };
    this.#keep([...this.#letters, letter]);
    void this.flush();
  }

  /** Takes back what was refused. */
  discard(key: string): void {
    this.#keep(this.#letters.filter((letter) => letter.key !== key));
  }

  /** Sends what waits, in order; stops at a server that does not answer, and comes back to it. */
  async flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#next(); next; next = this.#next()) {
      const refusals = await this.#deliver(next);
      if (refusals === undefined) {
        setTimeout(() => void this.flush(), AGAIN_MS);
        break;
      }
      const problem = refusals.map(({ message }) => message).join(' ');
      if (problem) this.#keep(this.#letters.map((letter) => (letter === next ? { ...letter, problem } : letter)));
      else this.discard(next.key);
    }
    this.#sending = false;
  }

  #next(): Letter | undefined {
    return this.#letters.find((letter) => !letter.problem);
  }

  /** What the server has against it, nothing if it has taken it; undefined without an answer. */
  async #deliver({ kind, to, body, key: idempotencyKey }: Letter): Promise<Pick<RefusalFragment, 'message'>[] | undefined> {
    const words = { body, idempotencyKey };
    const { data, error } = await {
      post: () => this.#client.mutation(CreatePostDocument, { input: { ...words, matchId: to } }),
      comment: () => this.#client.mutation(CreateCommentDocument, { input: { ...words, postId: to } }),
      message: () => this.#client.mutation(SendMessageDocument, { input: { ...words, matchId: to } }),
    }[kind]().toPromise();
    if (data) return Object.values(data as Record<string, { errors: RefusalFragment[] }>)[0]?.errors;
    return error?.graphQLErrors.length && !error.networkError ? error.graphQLErrors : undefined;
  }

  #keep(letters: readonly Letter[]): void {
    this.#letters = letters;
    localStorage.setItem(KEY, JSON.stringify(letters));
    for (const listener of this.#listeners) listener();
  }
}
