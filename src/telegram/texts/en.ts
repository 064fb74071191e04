import type { Wording } from './definitions.ts';

/** English, friendly and short; a local is a venue. */
export const en: Wording = {
  sentences: {
    welcome: 'Hi {nombre}! 👋\n<b>{local}</b> is at your service. Just write here what you need.',
    welcomeUnassigned:
      'Hi {nombre}! 👋\nNo venue is available right now. Write what you need: we’ll get back to you as soon as one is.',
    yourId: 'Your ID is <code>{id}</code>',
    copyId: '📋 Copy my ID',
    help:
      'Write a message, and the venue that serves you will get it.\n\n' +
      '/start – begin\n/id – see your ID\n/privacidad – your data\n/help – this help',
    unassigned: '⏳ No venue is available right now. We’ve kept your message and will see to it as soon as one is.',
    joinCodeUnknown: '⚠️ That link isn’t valid. Ask the venue for a new one.',
    joinCodeFull: '⚠️ That venue can’t take on any more people right now. Try again later.',
    unreadable: '⚠️ We can’t read that kind of message; please write it.',
    'press.expired': '⚠️ This action has expired',
    'press.legacyExpired': '❌ This code has expired',
    'press.legacyExpiredNote': '⚠️ <b>Action EXPIRED</b>',
    'press.processing': '⏳ Working on it…',
    'press.done': '✅ Done',
    'press.failed': '❌ That didn’t work.',
    'press.unanswered': '⚠️ The venue hasn’t answered. Send a message if you still need it.',
    'press.notAllowed': '⚠️ This action isn’t allowed',
    'press.unreachable': '⚠️ The venue isn’t responding right now. Send a message if you still need it.',
    'privacy.about':
      '🔒 <b>Your data</b>\n\nWe keep your name and your Telegram ID, what you write here and what you are answered, so that the venue that serves you gets your messages. That venue is responsible for your data: ask it what you need to know.\n\nYou can see all that we keep about you, or erase it.',
    'privacy.exportButton': '📄 See my data',
    'privacy.eraseButton': '🗑 Erase my data',
    'privacy.exporting': '📄 We’re preparing it. You’ll get it here, as a file.',
    'privacy.exportedJustNow': '📄 We’ve just sent it to you. You can ask for it again in ten minutes.',
    'privacy.exported': '📄 All that we keep about you.',
    'privacy.exportedPart':
      '📄 Your data, the newest first. Not all of it fits into one file: some of what is older than {fecha} is missing. Ask the venue that serves you for the rest.',
    'privacy.confirm':
      '🗑 Shall we erase all your data?\n\nYour profile, messages and files are erased, and what the venue still has open from you is cancelled. This can’t be undone.',
    'privacy.confirmButton': 'Yes, erase it',
    'privacy.keepButton': 'No, keep it',
    'privacy.kept': 'We haven’t erased anything.',
    'privacy.erasing': '🗑 We’re erasing your data. We’ll tell you when it’s done.',
    'privacy.erased': '✅ Your data has been erased.',
    'privacy.nothing': 'We don’t keep any data about you.',
    'service.paused': '{local} isn’t taking messages right now ({motivo}). We’ve kept yours.',
    'service.pausedWithoutReason': '{local} isn’t taking messages right now. We’ve kept yours.',
    'service.closed': '{local} is closed and opens {cuando}. We’ve kept your message.',
    'service.closedUntilFurtherNotice': '{local} is closed for now. We’ve kept your message.',
    'service.busy': '{local} is running late: about {minutos} minutes.',
    offline: '{local} isn’t connected right now. Your message is kept and will reach them as soon as they’re back.',
    waiting: '{local} hasn’t seen your message yet. It’s still kept.',
    cancelButton: 'Cancel my message',
    cancelled: 'Message cancelled.',
    cancelTooLate: 'They’re already on it.',
    failed: '{local} couldn’t handle your message.',
    'unanswered.expired': '⌛ Your message expired before the venue could see to it. Write again if you still need it.',
    'unanswered.no_answer': '⚠️ The venue hasn’t answered your message. Try again in a few minutes.',
  },
  commands: { start: 'Begin', id: 'See your ID', privacidad: 'Your data: see it or erase it', help: 'Help' },
};
