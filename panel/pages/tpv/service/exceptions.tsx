import { Button } from '../../../components/button.tsx';
import { serviceWords } from '../../../words/service.ts';
import type { TimetableDraft } from './draft.ts';
import { HoursField } from './hours-field.tsx';

const words = serviceWords.editor;
type Exceptions = TimetableDraft['exceptions'];

/** Dates with hours of their own: holidays, and days that are open as an exception. */
export function Exceptions({
  exceptions,
  onChange,
}: {
  exceptions: Exceptions;
  onChange(exceptions: Exceptions): void;
}) {
  const replace = (index: number, part: Partial<Exceptions[number]>) =>
    onChange(exceptions.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <fieldset class="timetable">
      <legend>{words.dates}</legend>
      <p class="hint">{words.datesLead}</p>
      {exceptions.map(({ date, hours }, index) => (
        <div class="timetable-row dated" key={index}>
          <span class="hours-range">
            <input
              type="date"
              required
              aria-label={words.date}
              value={date}
              onInput={({ currentTarget }) => replace(index, { date: currentTarget.value })}
            />
            <Button
              kind="quiet"
              size="small"
              icon="close"
              label={words.removeDate(date)}
              onClick={() => onChange(exceptions.filter((_, at) => at !== index))}
            />
          </span>
          <HoursField
            name={words.dateNamed(date)}
            hours={hours}
            onChange={(changed) => replace(index, { hours: changed })}
          />
        </div>
      ))}
      <p>
        <Button size="small" icon="plus" onClick={() => onChange([...exceptions, { date: '', hours: [] }])}>
          {words.addDate}
        </Button>
      </p>
    </fieldset>
  );
}
