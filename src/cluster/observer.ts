import type { HintKind } from './hints.ts';

/** What a hub could not write, as another one had the right to it, or was quicker. */
export const FENCED = ['insert', 'claim', 'send', 'settle'] as const;
export type Fenced = (typeof FENCED)[number];

/** Who counts what hubs that share a database do with each other. */
export interface ClusterObserver {
  /** It said that it is alive, which took so long. */
  renewed(ms: number): void;
  /** One message of so many hints went out. */
  told(kinds: readonly HintKind[]): void;
  heard(kind: HintKind): void;
  fenced(what: Fenced): void;
  /** A look at the rows found so much that no hint had brought. */
  found(count: number): void;
  /** So many hubs that said nothing any more were buried. */
  buried(count: number): void;
}

export const NO_CLUSTER_OBSERVER: ClusterObserver = {
  renewed() {},
  told() {},
  heard() {},
  fenced() {},
  found() {},
  buried() {},
};
