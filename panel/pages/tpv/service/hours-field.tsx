import { Button } from '../../../components/button.tsx';
import { serviceWords } from '../../../words/service.ts';
import { type Hours, MOST_RANGES, USUAL_HOURS } from './draft.ts';

const words = serviceWords.editor;

export interface HoursFieldProps {
  /** Whose hours they are: a day or a date. */
  name: string;
  hours: Hours;
  onChange(hours: Hours): void;
}

/** From when to when it is open on one day; none: closed. */
export function HoursField({ name, hours, onChange }: HoursFieldProps) {
  const replace = (index: number, range: Hours[number]) =>
    onChange(hours.map((one, at) => (at === index ? range : one)));
  return (
    <div class="hours">
      {hours.length === 0 ? <span class="muted">{serviceWords.closedDay}</span> : null}
      {hours.map(([opens, closes], index) => (
        <div class="hours-range" key={index}>
          <input
            type="time"
            required
            aria-label={words.opens(name)}
            value={opens}
            onInput={({ currentTarget }) => replace(index, [currentTarget.value, closes])}
          />
          <span aria-hidden="true">–</span>
          <input
            type="time"
            required
            aria-label={words.closes(name)}
            value={closes}
            onInput={({ currentTarget }) => replace(index, [opens, currentTarget.value])}
          />
          <Button
            kind="quiet"
            size="small"
            icon="trash"
            label={words.remove(name)}
            onClick={() => onChange(hours.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {hours.length >= MOST_RANGES ? null : (
        <Button
          kind="quiet"
          size="small"
          icon="plus"
          label={words.addTo(name)}
          onClick={() => onChange([...hours, hours.length === 0 ? USUAL_HOURS : ['20:00', '23:30']])}
        />
      )}
    </div>
  );
}
