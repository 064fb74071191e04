import type { TimelineEntry } from '../../../src/admin/schemas/users.ts';
import { Icon } from '../../components/icon.tsx';
import { userWords } from '../../words/user.ts';

const words = userWords.conversation.files;

export interface ChatFilesProps {
  instructionId: string;
  files: Extract<TimelineEntry, { kind: 'instruction' }>['files'];
  person: string;
}

/** What a person attached. */
export function ChatFiles({ instructionId, files, person }: ChatFilesProps) {
  return (
    <>
      {files.map((file) => (
        <ChatFile
          key={file.file_id}
          url={`/api/admin/instructions/${instructionId}/files/${encodeURIComponent(file.file_id)}`}
          file={file}
          sender={person}
        />
      ))}
    </>
  );
}

export interface ChatFileProps {
  url: string;
  file: { kind: string; name: string | null };
  /** Who sent it. */
  sender: string;
}

/** What came with a message: a photo as such, anything else to download. */
export function ChatFile({ url, file, sender }: ChatFileProps) {
  return (
    <a class="chat-file" href={url} download={file.name ?? ''}>
      {file.kind === 'photo' ? (
        <img src={url} alt={words.photo(sender)} loading="lazy" decoding="async" />
      ) : (
        <>
          <Icon name="download" /> {file.name ?? words.other}
        </>
      )}
    </a>
  );
}
