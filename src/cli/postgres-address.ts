import { saysEncryption } from '../config/postgres-url.ts';
import { UsageError } from '../process/exit.ts';
import { say } from './language/say.ts';
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
    given === '-' ? await readSecret(say`Address (postgres://user:password@host/database): `, say`the address`) : given;
  const url = ADDRESS.test(address) ? URL.parse(address) : null;
  if (url === null) throw new UsageError(say`${option} takes postgres://user@host/database, or - to ask for it.`);
  if (given !== '-' && (url.password !== '' || url.searchParams.has('password'))) {
    throw new UsageError(
      say`A password on the command line is seen by everybody on this machine: give ${option} -, and the address on standard input.`,
    );
  }
  if (!saysEncryption(address)) {
    throw new UsageError(
      say`${option} names another machine: add ?sslmode=verify-full, or ?sslmode=disable where the network is trusted.`,
    );
  }
  return address;
}
