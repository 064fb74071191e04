import { z } from 'zod';

/** Of content whose inside is not as it should be: it came, and nothing of it can be read. */
const UNREADABLE = null;

function content<T extends z.ZodType>(schema: T) {
  return schema.nullable().optional().catch(UNREADABLE);
}

const texts = z.array(z.object({ text: z.string() }));
const taskSchema = z.object({ id: z.int(), text: z.string(), completion_date: z.int().optional() });
const chatName = z.object({
  id: z.int(),
  title: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
});
const size = z.looseObject({ file_id: z.string(), width: z.int().optional(), height: z.int().optional() });
const paidSchema = z.object({
  type: z.string(),
  photo: z.array(size).optional(),
  video: z.looseObject({ file_id: z.string() }).optional(),
});

/** Content that is neither text, file, place nor contact (core.telegram.org/bots/api#message). */
export const contentShape = {
  web_app_data: content(z.object({ data: z.string(), button_text: z.string() })),
  poll: content(
    z.object({
      question: z.string(),
      type: z.string(),
      allows_multiple_answers: z.boolean().optional(),
      options: texts,
    }),
  ),
  dice: content(z.object({ emoji: z.string(), value: z.int() })),
  checklist: content(z.object({ title: z.string(), tasks: z.array(taskSchema) })),
  story: content(z.object({ id: z.int(), chat: chatName })),
  paid_media: content(z.object({ star_count: z.int(), paid_media: z.array(paidSchema) })),
};

type Content = z.infer<z.ZodObject<typeof contentShape>>;
export type PaidMedia = z.infer<typeof paidSchema>;

/** What a TPV gets of each, without `kind`; `pickFile` says what it gets of a photo or a video. */
export function fieldsOfContent(
  message: Content,
  pickFile: (media: PaidMedia) => Record<string, unknown>,
): [kind: string, fields: Record<string, unknown>][] {
  const found: [string, Record<string, unknown>][] = [];
  const { web_app_data: page, poll, dice, checklist, story, paid_media: paid } = message;
  if (page) found.push(['web_app_data', page]);
  if (poll) found.push(['poll', { ...poll, options: poll.options.map(({ text }) => text) }]);
  if (dice) found.push(['dice', dice]);
  if (checklist) {
    const tasks = checklist.tasks.map(({ id, text, completion_date: doneAt }) => ({ id, text, done: !!doneAt }));
    found.push(['checklist', { title: checklist.title, tasks }]);
  }
  if (story) found.push(['story', { id: story.id, chat_id: story.chat.id, name: nameOf(story.chat) }]);
  if (paid) found.push(['paid_media', { star_count: paid.star_count, media: paid.paid_media.map(pickFile) }]);
  return found;
}

/** What a poll or a checklist says, a line each; undefined: the message has neither. */
export function textOfContent({ poll, checklist }: Content): string | undefined {
  if (poll) return linesOf(poll.question, poll.options);
  return checklist ? linesOf(checklist.title, checklist.tasks) : undefined;
}

function linesOf(title: string, items: readonly { text: string }[]): string {
  return [title, ...items.map(({ text }) => `- ${text}`)].join('\n');
}

function nameOf({ title, first_name: first, last_name: last }: z.infer<typeof chatName>): string {
  return title ?? [first, last].filter(Boolean).join(' ');
}
