import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { dataFolder, readConfig } from '../src/config/config.ts';
import { loadDotEnv, runProgram } from '../src/process/exit.ts';

/**
 * What manage_webhook_service.sh has to know of the configuration, as `name=value` lines; run in the project's folder.
 * A wrong configuration ends it with 78, and with every fault as a sentence.
 */
await runProgram(async () => {
  loadDotEnv();
  const config = readConfig(process.env);
  // What listens everywhere listens here too.
  const host = ['0.0.0.0', '::'].includes(config.HOST) ? '127.0.0.1' : config.HOST;
  const url = `http://${isIPv6(host) ? `[${host}]` : host}:${config.PORT}`;
  const settings = { host, port: config.PORT, url, data_dir: resolve(dataFolder(config)) };
  for (const [name, value] of Object.entries(settings)) process.stdout.write(`${name}=${value}\n`);
});
