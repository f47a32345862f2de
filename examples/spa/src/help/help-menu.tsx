// A menu that is always at hand in a pair's space: ask for help, report, block, or end the match.
import { useRef, useState } from 'react';
import { AskForHelpDocument, type PersonFragment } from '#gql';
import { useAct } from '../shell/act';
import { Problem, first } from '../shell/parts';
import type { Match } from '../space/space-page';
import { BlockForm, EndForm } from './end-forms';
import { ReportForm } from './report-form';

type Props = { match: Match; partner: PersonFragment; adminSees: string };

export function HelpMenu({ match, partner, adminSees }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [form, setForm] = useState<'report' | 'block' | 'end' | null>(null);
  const close = () => dialog.current?.close();
  const open = ['INTRODUCED', 'ACTIVE', 'PAUSED'].includes(match.state);
  return (
    <>
      <button type="button" className="quiet help" onClick={() => dialog.current?.showModal()}>
        <span className="narrow-unseen">Get </span>help<span className="narrow-unseen"> or end</span>
      </button>
      <dialog ref={dialog} aria-labelledby="help-title" onClose={() => setForm(null)}>
        <div className="dialog-top">
          <h2 id="help-title">Get help or end</h2>
          <button type="button" className="quiet" onClick={close}>
            Close
          </button>
        </div>
        {form === null && (
          <div className="choices">
            {open && <Ask match={match} />}
            <button type="button" className="quiet" onClick={() => setForm('report')}>
              Report {first(partner.name)}
            </button>
            <button type="button" className="quiet" onClick={() => setForm('block')}>
              Block {first(partner.name)}
            </button>
            {open && (
              <button type="button" className="quiet" onClick={() => setForm('end')}>
                End this match
              </button>
            )}
            <p className="hint">{adminSees}</p>
          </div>
        )}
        {form === 'report' && <ReportForm partner={partner} close={close} />}
        {form === 'block' && <BlockForm partner={partner} close={close} />}
        {form === 'end' && <EndForm match={match} close={close} />}
      </dialog>
    </>
  );
}

function Ask({ match }: { match: Match }) {
  const { act, busy, problem } = useAct(AskForHelpDocument);
  const [asked, setAsked] = useState(false);
  if (asked) return <p role="status">An admin of your group will see that this pair would welcome help.</p>;
  return (
    <>
      <button
        type="button"
        className="quiet"
        aria-disabled={busy}
        onClick={async () => setAsked((await act({ matchId: match.id })) !== null)}
      >
        Ask an admin for help
      </button>
      <Problem>{problem}</Problem>
    </>
  );
}
