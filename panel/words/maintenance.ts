import * as spanish from './es/maintenance.ts';
import { worded } from './language.ts';

export const maintenanceWords = worded('maintenanceWords', spanish.maintenanceWords);
