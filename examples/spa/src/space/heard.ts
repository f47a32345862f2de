// An event in a sentence, for who listens to the page.
import type { FollowPairSubscription } from '#gql';

export function heard(event: FollowPairSubscription['matchActivity']): string {
  const who = event.actor?.name ?? 'Somebody';
  switch (event.__typename) {
    case 'PostAdded':
      return `${who} posted: ${beginning(event.post.body)}`;
    case 'CommentAdded':
      return `${who} commented: ${beginning(event.comment.body)}`;
    case 'MessageAdded':
      return `${who} wrote to you: ${beginning(event.message.body)}`;
    case 'PostChanged':
    case 'CommentChanged':
    case 'MessageChanged':
      return `${who} changed or reacted to something.`;
    case 'StepProgressed':
      return `${who} went on with the step ${event.stepProgress.title}.`;
    case 'CheckInChanged':
      return `${who} answered the check-in of week ${event.checkIn.weekNumber}.`;
    default:
      return 'Your pair has changed.';
  }
}

function beginning(text: string | null | undefined): string {
  const words = text ?? 'something that is gone by now';
  return words.length > 120 ? `${words.slice(0, 120)}…` : words;
}
