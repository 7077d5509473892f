/** Who may do what with templates. */

import type { Need } from '../actions/needs';

export const designNeed: Need = 'booking:manage_templates';
export const applyNeed: Need = 'booking:apply_templates';
export const analyticsNeed: Need = 'booking:view_analytics';
