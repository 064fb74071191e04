import type { PushDetail } from '../../../src/admin/schemas/pushes.ts';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { IdText } from '../../components/id-text.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { PushWriter } from '../../components/push-writer.tsx';
import { Time } from '../../components/time.tsx';
import { UserLink } from '../../components/user-link.tsx';
import { number } from '../../format.ts';
import { pushWords } from '../../words/push.ts';
import { pushesWords } from '../../words/pushes.ts';

const words = pushWords.facts;

/** What is known about a message. */
export function PushFacts({ push }: { push: PushDetail }) {
  const error =
    push.error_code === null ? push.error_message : words.errorCode(String(push.error_code), push.error_message);
  const telegramId = push.telegram_message_id;
  return (
    <Card title={words.title}>
      <KeyValue
        rows={[
          [words.person, <UserLink user={push.user} />],
          [words.tpv, <PushWriter push={push} />],
          [words.kind, pushesWords.kinds[push.kind]],
          [words.created, <Time at={push.created_at} exact />],
          [words.sent, push.sent_at === null ? undefined : <Time at={push.sent_at} exact />],
          [words.tryAt, push.not_before === null ? undefined : <Time at={push.not_before} />],
          [words.attempts, number(push.attempts)],
          [words.error, error === '' ? undefined : <span class="bad-text">{error}</span>],
          [words.messageId, telegramId === null ? undefined : <Code>{telegramId}</Code>],
          [words.id, <IdText id={push.id} label={words.idCopy} />],
        ]}
      />
    </Card>
  );
}
