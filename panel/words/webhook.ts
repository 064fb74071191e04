import * as spanish from './es/webhook.ts';
import { worded } from './language.ts';

export const webhookWords = worded('webhookWords', spanish.webhookWords);
