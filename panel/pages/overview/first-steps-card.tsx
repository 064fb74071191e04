import type { ComponentChildren } from 'preact';
import type { FirstSteps as Steps } from '../../../src/admin/schemas/first-steps.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConnectLines } from '../../components/connect-lines.tsx';
import { Copy } from '../../components/copy.tsx';
import { openNewTpv } from '../../opened.ts';
import { canChange } from '../../session.ts';
import { firstStepsWords as words } from '../../words/first-steps.ts';

export interface FirstStepsCardProps {
  steps: Steps;
  /** Whether each step is done, in their order. */
  done: readonly boolean[];
  onHide(): void;
}

/** The steps that are left, and those that are done. */
export function FirstStepsCard({ steps, done, onHide }: FirstStepsCardProps) {
  const current = done.indexOf(false);
  return (
    <Card title={words.title} actions={<Button kind="quiet" icon="close" label={words.hide} onClick={onHide} />}>
      <p class="muted">{words.lead}</p>
      <ol class="first-steps">
        <Step title={words.bot.title} done={done[0]} current={current === 0}>
          <p>{words.bot.text}</p>
          <Bot bot={steps.bot} />
        </Step>
        <Step title={words.tpv.title} done={done[1]} current={current === 1}>
          <p>{words.tpv.text}</p>
          <ConnectLines />
          {canChange.value ? (
            <p>
              <Button kind="primary" icon="plus" onClick={openNewTpv}>
                {words.tpv.create}
              </Button>
            </p>
          ) : null}
        </Step>
        <Step title={words.order.title} done={done[2]} current={current === 2}>
          <p>{words.order.text}</p>
          <p>
            <Button href="/admin/tpvs">{words.order.go}</Button>
          </p>
        </Step>
        <Step title={words.invite.title} done={done[3]} current={current === 3}>
          <p>{words.invite.text}</p>
          <p>
            <Button href="/admin/cuenta">{words.invite.go}</Button>
          </p>
        </Step>
      </ol>
    </Card>
  );
}

interface StepProps {
  title: string;
  done: boolean | undefined;
  /** The first that is not done stands open; the others are opened by who wants to. */
  current: boolean;
  children: ComponentChildren;
}

function Step({ title, done, current, children }: StepProps) {
  return (
    <li>
      <details open={current}>
        <summary>
          <span class="step-title">{title}</span>
          {done ? <Badge tone="good">{words.done}</Badge> : null}
        </summary>
        <div class="stack">{children}</div>
      </details>
    </li>
  );
}

function Bot({ bot }: Pick<Steps, 'bot'>) {
  if (bot === null) {
    return (
      <>
        <p class="muted">{words.bot.unknown}</p>
        <p>
          <Button href="/admin/webhook">{words.bot.webhook}</Button>
        </p>
      </>
    );
  }
  const picture = `data:image/svg+xml,${encodeURIComponent(bot.qr_svg)}`;
  return (
    <div class="row">
      <img class="qr" src={picture} alt={words.bot.qr(bot.username)} width="140" height="140" />
      <p class="row">
        <a href={bot.url} target="_blank" rel="noopener noreferrer">
          @{bot.username}
        </a>
        <Copy text={bot.url} label={words.bot.copy} />
      </p>
    </div>
  );
}
