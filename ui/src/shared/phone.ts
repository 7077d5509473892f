/** Under which number a patient is called, as a search hit has it. */

import type { PatientFields } from '../desk/api';

/** Their own: mobile, else at home; empty if there is none. */
export const ownPhone = (fields: Pick<PatientFields, 'mobile_phone' | 'home_phone'>): string => fields.mobile_phone || fields.home_phone;

/** Their own, else that of whoever is responsible. */
export const phoneToCall = (fields: Pick<PatientFields, 'mobile_phone' | 'home_phone' | 'responsible_party'>): string =>
  ownPhone(fields) || (fields.responsible_party?.phone ?? '');
