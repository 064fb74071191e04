import type { ComponentChildren, VNode } from 'preact';
import type { Resource } from '../resource.ts';
import { errorWords } from '../words/errors.ts';
import { Empty } from './empty.tsx';
import { ErrorBox } from './error-box.tsx';
import { Loading } from './loading.tsx';

export interface LoadedProps<T> {
  resource: Resource<T>;
  /** Lines that stand for it until it is there. */
  rows?: number;
  children: (value: T) => ComponentChildren;
}

/** A resource when it is there; until then that it comes, or why it doesn't. */
export function Loaded<T>({ resource, rows, children }: LoadedProps<T>): VNode {
  const { value, error, reload } = resource;
  if (error?.status === 404)
    return (
      <Empty title={errorWords.notFoundTitle} icon="search">
        {errorWords.notFound}
      </Empty>
    );
  const fault = error && <ErrorBox error={error} onRetry={reload} />;
  if (value === undefined) return <>{fault ?? <Loading rows={rows} />}</>;
  return (
    <>
      {fault}
      {children(value)}
    </>
  );
}
