import { opened } from '../opened.ts';
import { NewTpv } from '../pages/tpvs/new-tpv.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { SearchDialog } from './search-dialog.tsx';

/** What is open over whichever page. */
export function OpenedDialog() {
  const close = () => {
    opened.value = undefined;
  };
  switch (opened.value) {
    case 'search':
      return <SearchDialog onClose={close} />;
    case 'keys':
      return <KeysDialog onClose={close} />;
    case 'new-tpv':
      return <NewTpv onClose={close} />;
    case undefined:
      return null;
    default:
      return opened.value satisfies never;
  }
}
