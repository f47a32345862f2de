// Words on their way: kept in this browser until the server has them, and sent again, harmlessly, until it does.
import type { Client } from 'urql';
import { CreateCommentDocument, CreatePostDocument, SendMessageDocument } from '#gql';
import { keyOfMine } from '../session/tokens';
import { type Answer, read } from './answer';

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
  readonly #client: Client;
  readonly #key = keyOfMine('outbox');
  readonly #listeners = new Set<() => void>();
  #letters = this.#read();
  #sending = false;
  #failures = 0;
  #resting = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
    // Another tab writes and sends as well.
    window.addEventListener('storage', (event) => event.key === this.#key && this.#see());
  }

  letters = (): readonly Letter[] => this.#letters;

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  send(kind: Letter['kind'], to: string, body: string): void {
    const letter = { key: crypto.randomUUID(), kind, to, body, writtenAt: new Date().toISOString() };
    this.#keep((letters) => [...letters, letter]);
    void this.flush();
  }

  /** Takes back what was refused. */
  discard(key: string): void {
    this.#keep((letters) => letters.filter((letter) => letter.key !== key));
  }

  /** Sends once more what was refused, as after a pause that the server asked for. */
  retry(key: string): void {
    this.#keep((letters) => letters.map((letter) => (letter.key === key ? { ...letter, problem: undefined } : letter)));
    void this.flush();
  }

  /** Sends what waits, in order; stops at a server that gives no answer, and comes back to it with the same key. */
  async flush(): Promise<void> {
    if (this.#sending || this.#resting) return;
    this.#sending = true;
    for (let next = this.#next(); next; next = this.#next()) {
      const answer = await this.#deliver(next);
      if ('againMs' in answer) {
        this.#rest(answer);
        break;
      }
      this.#failures = 0;
      const { problem } = answer;
      if (!problem) this.discard(next.key);
      else this.#keep((letters) => letters.map((each) => (each.key === next?.key ? { ...each, problem } : each)));
    }
    this.#sending = false;
  }

  #rest({ againMs, insists }: { againMs: number; insists: boolean }): void {
    this.#failures += 1;
    this.#resting = insists;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#resting = false;
      void this.flush();
    }, againMs);
  }

  #next(): Letter | undefined {
    return this.#isOpen() ? this.#letters.find((letter) => !letter.problem) : undefined;
  }

  async #deliver({ kind, to, body, key: idempotencyKey }: Letter): Promise<Answer> {
    const words = { body, idempotencyKey };
    const { data, error } = await {
      post: () => this.#client.mutation(CreatePostDocument, { input: { ...words, matchId: to } }),
      comment: () => this.#client.mutation(CreateCommentDocument, { input: { ...words, postId: to } }),
      message: () => this.#client.mutation(SendMessageDocument, { input: { ...words, matchId: to } }),
    }
      [kind]()
      .toPromise();
    return read(data, error, this.#failures);
  }

  #read(): readonly Letter[] {
    return JSON.parse(localStorage.getItem(this.#key) ?? '[]') as Letter[];
  }

  /** Not any more once its person has logged out: what is under way then leaves nothing behind. */
  #isOpen(): boolean {
    return keyOfMine('outbox') === this.#key;
  }

  #keep(change: (letters: readonly Letter[]) => readonly Letter[]): void {
    if (!this.#isOpen()) return;
    localStorage.setItem(this.#key, JSON.stringify(change(this.#read())));
    this.#see();
  }

  #see(): void {
    this.#letters = this.#read();
    for (const listener of this.#listeners) listener();
  }
}
