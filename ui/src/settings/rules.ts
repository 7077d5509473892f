/** Rules whose breaking a practice decides about, in the order of the settings, and those that a type may have otherwise. */

import type { Rule } from '../desk/api';

export const RULES: readonly Rule[] = [
  'operatory_overlap',
  'doctor_time_overlap',
  'patient_overlap',
  'outside_location_hours',
  'outside_provider_hours',
  'time_block',
  'buffer',
  'type_not_allowed',
  'template_mismatch',
  'emergency_hold',
  'same_day_visit',
  'same_type_ahead',
  'visits_per_hour',
  'equipment',
  'assistants',
  'day_of_visit',
];

/** About one visit, or asked only of the one that is booked or moved. The others are the practice’s: most are about two visits, of which each might say something else. */
export const RULES_OF_A_TYPE: readonly Rule[] = [
  'outside_location_hours',
  'outside_provider_hours',
  'time_block',
  'type_not_allowed',
  'template_mismatch',
  'emergency_hold',
  'same_day_visit',
  'same_type_ahead',
  'visits_per_hour',
  'equipment',
  'assistants',
];
