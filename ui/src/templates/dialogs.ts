/** The templates' own dialogs. */

export type TemplateDialog =
  | { kind: 'new' }
  | { kind: 'rename' }
  | { kind: 'fill' }
  | { kind: 'copy_column' }
  | { kind: 'version' }
  | { kind: 'share'; template: string }
  /** One slot of one date; without a slot a new one at that place. */
  | { kind: 'day_slot'; location: string; date: string; slot: string | null; operatory: string; minute: number };
