import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { debianProgram } from './debian.ts';
import { startProcess } from './process.ts';

/**
 * Node has no Unix datagram sockets; Perl is on every Debian. What is told is printed between two marks. A barrier
 * (BARRIER=1, by which systemd-notify waits until it was heard) is let go by taking no notice of the handle in it.
 */
const RECEIVER = `
  use Socket;
  $| = 1;
  socket(my $manager, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($manager, sockaddr_un($ARGV[0])) or die $!;
  print "bound\\n";
  while (defined recv($manager, my $told, 65536, 0)) { print "<$told>\\n"; }
`;

/** The socket of a service manager as systemd has it. */
export interface NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly path: string;
  /** Everything that was told so far, in its order. */
  readonly told: readonly string[];
  /** Resolves once exactly this was told. */
  hears(words: string): Promise<void>;
}

export async function notifySocket(): Promise<NotifySocket> {
  // The program that speaks to it.
  await debianProgram('systemd-notify', 'systemd');
  const dir = mkdtempSync(join(tmpdir(), 'hub-notify-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'notify');
  const program = await debianProgram('perl', 'perl-base');
  const receiver = startProcess(['-e', RECEIVER, path], { program });
  await receiver.waitFor(/bound\n/);
  const all = () => [...receiver.stdout.matchAll(/<([^>]*)>\n/g)].map(([, told = '']) => told);
  return {
    path,
    get told() {
      return all().filter((told) => told !== 'BARRIER=1');
    },
    hears: async (words) => {
      await receiver.waitFor(new RegExp(`<${RegExp.escape(words)}>`));
    },
  };
}
