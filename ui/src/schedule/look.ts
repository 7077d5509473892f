/** How the grid shows and names what is not a visit: the slots of a template. Without it cards are visits. */

import type { Snippet } from 'svelte';
import type { AppointmentCard } from '../desk/api';
import type { Landing } from './gestures/landing';

/** What a card's inside is given. Pixels; minutes for `length`. */
export interface FaceGiven {
  card: AppointmentCard;
  length: number;
  height: number;
  width: number;
  textScale: number;
}

export interface CardLook {
  face: Snippet<[FaceGiven]>;
  hueOf: (card: AppointmentCard) => number;
  /** What a screen reader reads; `day` is empty where only one day is on the grid. */
  nameOf: (card: AppointmentCard, day: string) => string;
  /** Classes of the button beside the grid's own: `is-added`, `is-changed`, `is-removed`. */
  classOf: (card: AppointmentCard) => string;
  /** Chosen besides the one that has the focus; Shift with a click, or Space. */
  marked: ReadonlySet<string>;
  /** Where the others of a group would land when the one in the hand lands there; none where one would leave the grid. */
  together?: (card: string, landing: Landing) => readonly { card: string; landing: Landing }[];
  /** Something in the hand is over a place; null: nothing is any more. */
  onhold?: (held: { card: string; landing: Landing } | null) => void;
  /** Shown where there is nothing yet. */
  nothing: string;
}
