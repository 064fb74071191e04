import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { errorWords } from '../words/errors.ts';
import { notify } from './toast.tsx';

/** A part of the panel that is fetched where it is shown for the first time; nothing stands there until it is here. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const part = signal<ComponentType<Props> | undefined>(undefined);
  return function Later(props: Props) {
    useEffect(() => {
      if (part.peek() !== undefined) return;
      load().then(
        (loaded) => {
          part.value = loaded;
        },
        () => notify(errorWords.part, 'bad'),
      );
    }, []);
    const Part = part.value;
    return Part === undefined ? null : <Part {...props} />;
  };
}
