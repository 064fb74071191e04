import { html } from 'htm/preact';
import type { PushDetail } from '../../../src/admin/schemas/pushes.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { IdText } from '../../components/id-text.ts';
import { KeyValue } from '../../components/key-value.ts';
import { Time } from '../../components/time.ts';
import { TpvLink } from '../../components/tpv-link.ts';
import { UserLink } from '../../components/user-link.ts';
import { number } from '../../format.ts';
import { pushWords } from '../../words/push.ts';
import { pushesWords } from '../../words/pushes.ts';

const words = pushWords.facts;

/** What is known about a message. */
export function PushFacts({ push }: { push: PushDetail }) {
  const error =
    push.error_code === null ? push.error_message : words.errorCode(String(push.error_code), push.error_message);
  const telegramId = push.telegram_message_id;
  return html`
    <${Card} title=${words.title}>
      <${KeyValue}
        rows=${[
          [words.person, html`<${UserLink} user=${push.user} />`],
          [words.tpv, html`<${TpvLink} tpv=${push.tpv} none=${pushesWords.hub} />`],
          [words.kind, pushesWords.kinds[push.kind]],
          [words.created, html`<${Time} at=${push.created_at} exact />`],
          [words.sent, push.sent_at === null ? undefined : html`<${Time} at=${push.sent_at} exact />`],
          [words.tryAt, push.not_before === null ? undefined : html`<${Time} at=${push.not_before} />`],
          [words.attempts, number(push.attempts)],
          [words.error, error === '' ? undefined : html`<span class="bad-text">${error}</span>`],
          [words.messageId, telegramId === null ? undefined : html`<${Code}>${telegramId}<//>`],
          [words.id, html`<${IdText} id=${push.id} label=${words.idCopy} />`],
        ]}
      />
    <//>
  `;
}
