import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import type { Resource } from '../resource.ts';
import { errorWords } from '../words/errors.ts';
import { Empty } from './empty.ts';
import { ErrorBox } from './error-box.ts';
import { Loading } from './loading.ts';

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
    return html`<${Empty} title=${errorWords.notFoundTitle} icon="search">${errorWords.notFound}</${Empty}>`;
  const fault = error && html`<${ErrorBox} error=${error} onRetry=${reload} />`;
  if (value === undefined) return html`${fault ?? html`<${Loading} rows=${rows} />`}`;
  return html`${fault}${children(value)}`;
}
