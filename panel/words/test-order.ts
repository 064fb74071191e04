import * as spanish from './es/test-order.ts';
import { worded } from './language.ts';

export const testOrderWords = worded('testOrderWords', spanish.testOrderWords);
