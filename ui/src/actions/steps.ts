/** Which status steps a button may offer at once; the desk has the last word and says so if it refuses. */

import type { Status } from '../desk/api';

const NEXT: Record<Status, readonly Status[]> = {
  scheduled: ['confirmed', 'arrived', 'seated', 'completed', 'cancelled', 'no_show'],
  confirmed: ['scheduled', 'arrived', 'seated', 'completed', 'cancelled', 'no_show'],
  arrived: ['scheduled', 'seated', 'completed', 'cancelled', 'no_show'],
  seated: ['arrived', 'completed', 'checked_out'],
  completed: ['seated', 'checked_out'],
  checked_out: [],
  cancelled: ['scheduled'],
  no_show: ['scheduled'],
};

export const nextStatuses = (status: Status): readonly Status[] => NEXT[status];
