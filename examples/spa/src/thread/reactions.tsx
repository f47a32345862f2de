// Emoji under a post, comment or message. They change at once; should the server refuse, they change back and say why.
import { startTransition, useOptimistic, useState } from 'react';
import { type PersonFragment, ReactDocument, type ReactionPartsFragment, UnreactDocument } from '#gql';
import { useAct } from '../shell/act';
import { Problem } from '../shell/parts';

const OFFERED = [
  { emoji: '👍', name: 'thumbs up' },
  { emoji: '❤️', name: 'heart' },
  { emoji: '🎉', name: 'hooray' },
  { emoji: '🙏', name: 'thank you' },
];

type Props = { subject: { id: string; reactions: ReactionPartsFragment[] }; me: PersonFragment; writable: boolean };

export function Reactions({ subject, me, writable }: Props) {
  const react = useAct(ReactDocument);
  const unreact = useAct(UnreactDocument);
  const [choosing, setChoosing] = useState(false);
  const [reactions, toggle] = useOptimistic(subject.reactions, (before, emoji: string) => toggled(before, emoji, me));
  const mine = (reaction: ReactionPartsFragment | undefined) => reaction?.users.some(({ id }) => id === me.id) ?? false;

  const press = (emoji: string) => {
    setChoosing(false);
    const set = mine(reactions.find((reaction) => reaction.emoji === emoji));
    startTransition(async () => {
      toggle(emoji);
      await (set ? unreact : react).act({ subjectId: subject.id, emoji });
    });
  };

  return (
    <div className="reactions">
      {reactions.map((reaction) => (
        <button
          key={reaction.emoji}
          type="button"
          className="reaction"
          aria-pressed={mine(reaction)}
          aria-disabled={!writable}
          onClick={() => writable && press(reaction.emoji)}
        >
          <span aria-hidden="true">
            {reaction.emoji} {reaction.users.length}
          </span>
          <span className="unseen">
            {nameOf(reaction.emoji)}, by {reaction.users.map(({ name }) => name).join(' and ')}
          </span>
        </button>
      ))}
      {writable && (
        <button
          type="button"
          className="quiet small icon"
          aria-label="React"
          aria-expanded={choosing}
          onClick={() => setChoosing(!choosing)}
        >
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle cx="10" cy="10" r="7.5" />
            <path d="M7.3 8v.5M12.7 8v.5M6.8 12c1.6 2 4.8 2 6.4 0" />
          </svg>
        </button>
      )}
      {choosing && (
        <span role="group" aria-label="Choose a reaction" className="palette">
          {OFFERED.map(({ emoji, name }) => (
            <button key={emoji} type="button" className="quiet" aria-label={name} onClick={() => press(emoji)}>
              <span aria-hidden="true">{emoji}</span>
            </button>
          ))}
        </span>
      )}
      <Problem>{react.problem ?? unreact.problem}</Problem>
    </div>
  );
}

function nameOf(emoji: string): string {
  return OFFERED.find((offered) => offered.emoji === emoji)?.name ?? emoji;
}

function toggled(before: ReactionPartsFragment[], emoji: string, me: PersonFragment): ReactionPartsFragment[] {
  const others = before.find((reaction) => reaction.emoji === emoji)?.users.filter(({ id }) => id !== me.id) ?? [];
  const had = before.some((reaction) => reaction.emoji === emoji && reaction.users.length > others.length);
  if (!had && others.length === 0) return [...before, { emoji, users: [me] }];
  const users = had ? others : [...others, me];
  return before.map((reaction) => (reaction.emoji === emoji ? { emoji, users } : reaction)).filter(({ users }) => users.length > 0);
}
