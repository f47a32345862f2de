// Reporting somebody, to the group's admins or to the platform's moderators.
import { type FormEvent, useState } from 'react';
import { type PersonFragment, ReportDocument, type ReportReason, type ReportReviewer } from '#gql';
import { useAct } from '../shell/act';
import { Problem, Reasons, first } from '../shell/parts';

const REASONS: Record<ReportReason, string> = {
  HARASSMENT: 'Bullying, threats or pressure',
  HATE: 'Attacks for who somebody is',
  SEXUAL_CONTENT: 'Sexual words or advances',
  SCAM: 'After money or data',
  DANGER_TO_LIFE: 'Somebody may be in danger',
  IMPERSONATION: 'Pretends to be somebody else',
  UNDERAGE: 'Seems to be under 18',
  OTHER: 'Something else',
};

export function ReportForm({ partner, close }: { partner: PersonFragment; close: () => void }) {
  const { act, busy, problem } = useAct(ReportDocument);
  const [helpLines, setHelpLines] = useState<string[]>();
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const sent = await act({
      subjectId: partner.id,
      reason: form.get('reason') as ReportReason,
      note: String(form.get('note')) || null,
      to: [form.get('to') as ReportReviewer],
    });
    if (sent) setHelpLines(sent.helpLines);
  };
  if (helpLines) return <Sent helpLines={helpLines} close={close} />;
  return (
    <form className="form" onSubmit={send}>
      <p>{first(partner.name)} is not told who reported. Nothing that you two wrote is shown to anybody by this.</p>
      <Reasons id="report-reason" label="What is it about?" reasons={REASONS} />
      <div className="field-group">
        <label htmlFor="report-note">What happened?</label>
        <textarea id="report-note" name="note" rows={4} maxLength={4000} />
      </div>
      <fieldset>
        <legend>Who is to look at it?</legend>
        <label className="choice">
          <input type="radio" name="to" value="GROUP_ADMIN" defaultChecked /> The group's admins
        </label>
        <label className="choice">
          <input type="radio" name="to" value="MODERATOR" /> The platform's moderators
        </label>
      </fieldset>
      <Problem>{problem}</Problem>
      <button type="submit" aria-disabled={busy}>
        {busy ? 'One moment…' : 'Send the report'}
      </button>
    </form>
  );
}

function Sent({ helpLines, close }: { helpLines: string[]; close: () => void }) {
  return (
    <div role="status">
      <p>Thank you. Somebody will look at it, and you will hear what came of it.</p>
      {helpLines.length > 0 && (
        <>
          <p>If somebody is in danger now, call for help first:</p>
          <ul>
            {helpLines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <button type="button" onClick={close}>
        Close
      </button>
    </div>
  );
}
