import type { UserDetail } from '../../../src/admin/schemas/users.ts';
import { href } from '../../address.ts';
import { Card } from '../../components/card.tsx';
import { IdText } from '../../components/id-text.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { Time } from '../../components/time.tsx';
import { TpvLink } from '../../components/tpv-link.tsx';
import { languageName } from '../../format-language.ts';
import { seesAll } from '../../session.ts';
import { userWords } from '../../words/user.ts';
import { usersWords } from '../../words/users.ts';

const words = userWords.facts;

/** What is known about a person. */
export function UserFacts({ user }: { user: UserDetail }) {
  const id = String(user.telegram_id);
  return (
    <Card title={words.title}>
      <KeyValue
        rows={[
          [words.tpv, <TpvLink tpv={user.tpv} none={usersWords.unassigned} />],
          [words.username, user.username === null ? words.none : `@${user.username}`],
          [words.id, <IdText id={id} label={words.idCopy} />],
          [words.language, languageName(user.language_code) ?? words.none],
          [words.created, <Time at={user.created_at} exact />],
          [words.seen, <Time at={user.last_interaction} />],
        ]}
      />
      <p class="row">
        <a href={href('/admin/instrucciones', { telegram_user_id: id })}>{words.instructions}</a>
        <a href={href('/admin/mensajes', { telegram_user_id: id })}>{words.pushes}</a>
        {seesAll.value ? (
          <a href={`/api/admin/users/${id}/export`} download>
            {userWords.export}
          </a>
        ) : null}
      </p>
    </Card>
  );
}
