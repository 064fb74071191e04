import { administrationFaults } from './faults/administration.ts';
import { clientFaults } from './faults/client.ts';
import { clusterFaults } from './faults/cluster.ts';
import { conversationFaults } from './faults/conversation.ts';
import { edgeFaults } from './faults/edges.ts';
import { machineFaults } from './faults/machine.ts';
import { peopleFaults } from './faults/people.ts';
import { pushFaults } from './faults/push.ts';
import { storageFaults } from './faults/storage.ts';
import type { Mutation } from './mutation.ts';

/** All of them, room by room. */
export const MUTATIONS: readonly Mutation[] = [
  ...storageFaults,
  ...edgeFaults,
  ...peopleFaults,
  ...conversationFaults,
  ...pushFaults,
  ...administrationFaults,
  ...machineFaults,
  ...clientFaults,
  ...clusterFaults,
];
