import type { AccountSession, AccountTelegram } from '../src/admin/schemas/account.ts';
import type { AccountList } from '../src/admin/schemas/accounts.ts';
import type { AlarmChoice, MaintenanceList } from '../src/admin/schemas/alarms.ts';
import type { AuditEntry } from '../src/admin/schemas/audit.ts';
import type { FirstSteps } from '../src/admin/schemas/first-steps.ts';
import type { ListedHub } from '../src/admin/schemas/hubs.ts';
import type { Conversation } from '../src/admin/schemas/inbox.ts';
import type { InstructionDetail, InstructionSummary } from '../src/admin/schemas/instructions.ts';
import type { Activity, Overview } from '../src/admin/schemas/overview.ts';
import type { PushDetail, PushSummary } from '../src/admin/schemas/pushes.ts';
import type { QuarantinedDetail, QuarantinedUpdate } from '../src/admin/schemas/quarantine.ts';
import type { LoginState, Session } from '../src/admin/schemas/session.ts';
import type { Settings } from '../src/admin/schemas/settings.ts';
import type { Texts } from '../src/admin/schemas/texts.ts';
import type { TpvDetail, TpvSummary } from '../src/admin/schemas/tpvs.ts';
import type { TimelineEntry, UserDetail, UserSummary } from '../src/admin/schemas/users.ts';
import type { WebhookState } from '../src/admin/schemas/webhook.ts';
import type { Page } from './merge-page.ts';

/** What the hub answers to a GET, by path: the types of its own schemas. `:id` stands for one part of the path. */
export interface Answers {
  '/api/admin/login': LoginState;
  '/api/admin/session': Session;
  '/api/admin/overview': Overview;
  '/api/admin/first-steps': FirstSteps;
  '/api/admin/activity': Activity;
  '/api/admin/tpvs': Page<TpvSummary>;
  '/api/admin/tpvs/:id': TpvDetail;
  '/api/admin/users': Page<UserSummary>;
  '/api/admin/users/:id': UserDetail;
  '/api/admin/users/:id/timeline': Page<TimelineEntry>;
  '/api/admin/inbox': Page<Conversation>;
  '/api/admin/instructions': Page<InstructionSummary>;
  '/api/admin/instructions/:id': InstructionDetail;
  '/api/admin/pushes': Page<PushSummary>;
  '/api/admin/pushes/:id': PushDetail;
  '/api/admin/quarantine': Page<QuarantinedUpdate>;
  '/api/admin/quarantine/:id': QuarantinedDetail;
  '/api/admin/audit': Page<AuditEntry>;
  '/api/admin/settings': Settings;
  '/api/admin/settings/texts': Texts;
  '/api/admin/webhook': WebhookState;
  '/api/admin/accounts': AccountList;
  '/api/admin/account/telegram': AccountTelegram;
  '/api/admin/account/alarms': AlarmChoice;
  '/api/admin/maintenance': MaintenanceList;
  '/api/admin/hubs': Page<ListedHub>;
  '/api/admin/account/sessions': { items: AccountSession[] };
}
