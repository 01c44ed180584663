import { useState } from 'react';
import type { ChooseRiskProfile, RiskOverview } from '../../../contracts/risk.ts';
import { chooseRiskProfile } from '../api/tradsy-api.ts';
import { Callout } from '../ui/callout.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useToasts } from '../ui/toast-context.ts';
import { PROFILE_WORDS } from './limit-words.ts';
import { useChange } from './use-change.ts';

const TOLERANCES = [
  { value: 'cautious', label: PROFILE_WORDS.cautious },
  { value: 'balanced', label: PROFILE_WORDS.balanced },
  { value: 'bold', label: PROFILE_WORDS.bold },
] as const;
const EXPERIENCES = [
  { value: 'new', label: PROFILE_WORDS.new },
  { value: 'some', label: PROFILE_WORDS.some },
  { value: 'experienced', label: PROFILE_WORDS.experienced },
] as const;

interface ProfilePanelProps {
  profile: RiskOverview['profile'];
  onChanged: (told: RiskOverview) => void;
}

/** From which the table's limits follow: a choice of two things, in two steps. */
export function ProfilePanel({ profile, onChanged }: ProfilePanelProps) {
  const { show } = useToasts();
  const [wanted, setWanted] = useState<ChooseRiskProfile | null>(null);
  const { failure, busy, run, forget } = useChange();
  const { tolerance, experience } = wanted ?? profile;
  const isOther = tolerance !== profile.tolerance || experience !== profile.experience;

  function want(change: Partial<ChooseRiskProfile>): void {
    forget();
    setWanted({ tolerance, experience, ...change });
  }

  async function choose(): Promise<void> {
    await run(async () => {
      onChanged(await chooseRiskProfile({ tolerance, experience }));
      setWanted(null);
      show({ tone: 'good', title: 'Your risk profile is chosen', detail: 'Its limits are in force.' });
    });
  }

  return (
    <section className="limits__panel" aria-labelledby="profile-title">
      <h2 className="limits__heading" id="profile-title">
        Risk profile {!profile.isChosen && <span className="badge">Not chosen yet</span>}
      </h2>
      <p className="limits__lead">
        Your limits follow from how much you can bear to lose, from your experience, and from your plan. A profile can
        be exchanged for one that allows no more.
      </p>
      <div className="profile">
        <div className="profile__choice">
          <p className="field__label">Tolerance</p>
          <Segmented
            legend="Risk tolerance"
            options={TOLERANCES}
            value={tolerance}
            onChange={(next) => want({ tolerance: next })}
          />
        </div>
        <div className="profile__choice">
          <p className="field__label">Experience</p>
          <Segmented
            legend="Trading experience"
            options={EXPERIENCES}
            value={experience}
            onChange={(next) => want({ experience: next })}
          />
        </div>
        <button
          type="button"
          className="button"
          aria-disabled={busy || (!isOther && profile.isChosen)}
          onClick={() => {
            if (!busy && (isOther || !profile.isChosen)) void choose();
          }}
        >
          {isOther || !profile.isChosen ? 'Choose this profile' : 'This is your profile'}
        </button>
      </div>
      {failure !== null && (
        <Callout tone="error">
          <p>{failure}</p>
        </Callout>
      )}
    </section>
  );
}
