import type { TimelineEntry } from '../../../src/admin/schemas/users.ts';
import { Icon } from '../../components/icon.tsx';
import { userWords } from '../../words/user.ts';

const words = userWords.conversation.files;

type ChatFile = Extract<TimelineEntry, { kind: 'instruction' }>['files'][number];

export interface ChatFilesProps {
  instructionId: string;
  files: readonly ChatFile[];
  person: string;
}

/** What a person attached: photos as such, anything else to download. */
export function ChatFiles({ instructionId, files, person }: ChatFilesProps) {
  return (
    <>
      {files.map((file) => {
        const url = `/api/admin/instructions/${instructionId}/files/${encodeURIComponent(file.file_id)}`;
        return (
          <a key={file.file_id} class="chat-file" href={url} download={file.name ?? ''}>
            {file.kind === 'photo' ? (
              <img src={url} alt={words.photo(person)} loading="lazy" decoding="async" />
            ) : (
              <>
                <Icon name="download" /> {file.name ?? words.other}
              </>
            )}
          </a>
        );
      })}
    </>
  );
}
