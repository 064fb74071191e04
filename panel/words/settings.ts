import * as spanish from './es/settings.ts';
import { worded } from './language.ts';

export const settingsWords = worded('settingsWords', spanish.settingsWords);
export const textNames = worded('textNames', spanish.textNames);
