import { saysEncryption } from '../config/postgres-url.ts';
import { UsageError } from '../process/exit.ts';
import { readSecret } from './secret.ts';

const ADDRESS = /^postgres(ql)?:\/\/.+/;

/**
 * The address of a PostgreSQL database: as given, or read from standard input for `-`. The command line
 * can be seen by every user of the machine, so one with a password is not taken from there.
 * @param option the option's name, for the sentences
 * @throws UsageError, which never holds the address
 */
export async function postgresAddress(given: string, option: string): Promise<string> {
  const address =
    given === '-' ? await readSecret('Address (postgres://user:password@host/database): ', 'address') : given;
  const url = ADDRESS.test(address) ? URL.parse(address) : null;
  if (url === null) throw new UsageError(`${option} takes postgres://user@host/database, or - to ask for it.`);
  if (given !== '-' && (url.password !== '' || url.searchParams.has('password'))) {
    throw new UsageError(
      `A password on the command line is seen by everybody on this machine: give ${option} -, and the address on standard input.`,
    );
  }
  if (!saysEncryption(address)) {
    throw new UsageError(
      `${option} names another machine: add ?sslmode=verify-full, or ?sslmode=disable where the network is trusted.`,
    );
  }
  return address;
}
