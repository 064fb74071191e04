import * as spanish from './es/alarms.ts';
import { worded } from './language.ts';

export const alarmWords = worded('alarmWords', spanish.alarmWords);
export const alarmNames = worded('alarmNames', spanish.alarmNames);
