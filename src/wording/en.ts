import { ERRORS } from '#protocol';
import type { Words } from './es.ts';
import { problemInEnglish, writtenInEnglish } from './written.ts';

/** What a refusal says, in English. */
export const en: Words = {
  ofCode: (code) => ERRORS[code].english,

  // Values
  invalid: 'is not valid',
  unknownField: 'unknown field',
  required: 'is required',
  blank: 'must not be blank',
  wholeNumber: 'must be a whole number',
  badCharacters: 'has characters that are not taken',
  nul: 'has a character that is not taken (NUL)',
  moreThanOnce: 'comes more than once',
  upToCharacters: (most) => `takes up to ${most} characters`,
  upToUnits: (most) => `takes up to ${most} characters; an emoji counts as two`,
  upToBytes: (most) => `takes up to ${most} bytes`,
  upToJsonBytes: (most) => `takes up to ${most} bytes of JSON`,
  upToJsonKib: (most) => `takes up to ${most} KiB of JSON`,
  upToMarkedUpBytes: (most) => `takes up to ${most} bytes, with its markup`,
  upToMegabytes: (most) => `takes up to ${most} MB`,
  upToLevels: (most) => `takes up to ${most} levels`,
  upToElements: (most) => `takes up to ${most} elements`,
  upToButtons: (most) => `takes up to ${most} buttons`,
  upToMarkupBytes: (most) => `Telegram takes up to ${most} bytes of texts and addresses of all buttons together`,

  // What any schema finds
  aText: 'must be a text',
  aNumber: 'must be a number',
  yesOrNo: 'must be “true” or “false”',
  aList: 'must be a list',
  anObject: 'must be an object',
  anId: 'must be an id (UUID)',
  aMoment: 'must be a date and time such as 2026-12-24T20:30:00Z',
  aUrl: 'must be an address such as https://tpv.example',
  oneOf: (values) => `must be one of these values: ${values}`,
  atLeast: (least) => `must be ${least.toLocaleString('en')} or more`,
  atMost: (most) => `must be ${most.toLocaleString('en')} or less`,
  atLeastCharacters: (least) => `must have at least ${least} characters`,
  atLeastElements: (least) => `must have at least ${least}`,

  // Messages to people
  keyLength: 'takes from 1 to 128 characters',
  wholeHost: 'Telegram only opens addresses with a whole domain, such as https://bar.example',
  oneRequestAKey: 'a key asks for one thing: “request_contact”, “request_location” or “web_app”',
  notAFileId: 'is not a “file_id” of Telegram',
  textOrButtons: 'give “text” or “buttons”',
  buttonsOrKeyboard: 'a message has “buttons” or “keyboard”, not both',
  onlyWithKeys: 'only goes with the keys of “keyboard”',
  urlOrFileId: (kind) => `give “${kind}_url” or “${kind}_file_id”, not both`,
  urlOrFile: (kind) => `give a URL, or send a file “${kind}”`,
  latitudeAndLongitude: 'give latitude and longitude',
  locationHasNoText: 'a location has no text',
  unknownFileId: 'is not of a file that a person of this TPV sent',
  otherKindOfFile: (was) => `that file came as “${was}”, and Telegram only sends it again as what it is`,
  callbackOrigin: 'its origin must be that of your “endpoint_url”, or be allowed by the administrator',
  notSent: (status) => `the message was not sent (it is “${status}”)`,
  keyboardStays: 'Telegram changes no message with a “keyboard”: delete it, and send another',
  tooOldToDelete: 'Telegram only deletes messages of less than 48 hours',
  resendable: 'only messages that are “unknown” or “failed” are sent again',
  resolvable: 'only messages that are “unknown” are resolved',
  mostWaiting: (most) => `${most.toLocaleString('en')} of your messages are waiting already, the most`,
  mostUploads: (megabytes) => `your waiting files would take more than ${megabytes} MB, the most`,

  // Files and forms
  emptyFile: 'the file is empty',
  notAnImage: (type) => `is ${type}, and not an image`,
  fileFromTelegram: 'Telegram hands out files of up to 20 MB to bots',
  downloadAnswered: (status) => `answered the download with ${status}`,
  noAnswer: (why) => `no answer (${why})`,
  noFileRoot: 'a Telegram server of one’s own keeps files on its disk: set TELEGRAM_FILE_ROOT',
  notInFileRoot: 'the file is not in TELEGRAM_FILE_ROOT, or the hub cannot read it: check the folder and its rights',
  typeOfFile: (part) => `must be “${part}” with a file “${part}”`,
  notJson: 'is not valid JSON',
  unknownPart: 'unknown part',
  tooManyParts: (fields) => `too many parts: it takes ${fields} fields and one file`,
  fieldIsNotJson: 'a field is not the JSON that it says it is',
  badFieldName: 'a field has a name that is not taken',
  brokenForm: 'the multipart form is incomplete or malformed',

  // Instructions, registering, service
  cannotBecome: (to, from, isFinal) => `cannot become “${to}”: it ${isFinal ? 'ended as' : 'is'} “${from}”`,
  mostAwaiting: (most) => `${most} registrations wait for approval already, the most: tell the hub’s administrator`,
  opensAt: 'must be a time such as 13:00',
  closesAt: 'must be a time such as 16:00 or 24:00',
  timeZone: 'must be a time zone such as Europe/Madrid',
  thisCentury: 'must be a date of this century or the next one',
  dateTwice: 'has a date twice',
  stateOrTimetable: 'give “state” or “timetable”',
  neededWith: (state) => `is needed with “${state}”`,
  onlyWith: (states) => `only goes with “${states.join('” or “')}”`,
  past: 'is past already',
  overAYear: 'is more than a year away',

  // The panel
  otherList: 'is not of this list: begin again without “cursor”',
  telegramId: 'must be an identifier of Telegram',
  sixDigits: 'must have 6 digits',
  commonPassword: 'is one of the first that anybody would try: choose another',
  tpvsOfManager: 'must name at least one TPV for “manager”, and none for the others',
  anOrigin: 'must be an origin such as https://panel.example, without a path',

  // The socket
  notAnObject: 'The message is not a JSON object: send an object with “type”.',
  unknownType: (type, known) => `Unknown type of message (“${type}”): this hub understands ${known}.`,
  tooMuchInside: (levels, elements) =>
    `The message has too much inside: it takes ${levels} levels and ${elements} elements.`,
  offerSubprotocol: (name) => `offer “${name}”`,
  openASocket: 'open a WebSocket (“Upgrade: websocket”)',

  written: writtenInEnglish,
  problem: problemInEnglish,
};
