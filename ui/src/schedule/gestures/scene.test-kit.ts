/** A drawn day for gesture tests: three operatories of 120 px, 60 px an hour (a pixel is a minute), 8:00 at the top. */

import type { AppointmentCard } from '../../desk/api';
import { finder, operatoryColumns } from '../columns';
import { plainTime } from '../geometry/time';
import type { Intent } from '../intents';
import { DATE, operatories, visit } from '../stories/fixtures';
import { IDLE, turn } from './machine';
import type { CardPart, GestureEvent, GestureState, Scene } from './states';

/** Width of a column in the drawn day. */
export const COLUMN = 120;

/** `'ana op-1 9:00 40'`: id, operatory, start, minutes. The patient is called by the id. */
export function card(drawn: string, change: Partial<AppointmentCard> = {}): AppointmentCard {
  const [id = '', operatory = 'op-1', time = '9:00', minutes = '40'] = drawn.split(' ');
  return visit(id, {
    patient_name: id,
    operatory,
    start_minute: minuteOf(time),
    length_minutes: Number(minutes),
    ...change,
  });
}

export function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** Three operatories of a day. */
export function drawnColumns(date: string): Pick<Scene, 'columns' | 'find'> {
  const columns = operatoryColumns(operatories(3), date);
  return { columns, find: finder(columns) };
}

export function scene(cards: readonly AppointmentCard[], change: Partial<Scene> = {}): Scene {
  return {
    ...drawnColumns(DATE),
    layout: { count: 3, width: COLUMN, total: 3 * COLUMN },
    scale: { range: { from: 480, until: 1080 }, hourHeight: 60 },
    increment: 10,
    canEdit: true,
    cards: new Map(cards.map((each) => [each.id, each])),
    time: plainTime,
    ...change,
  };
}

/** A hand that a test leads: each call is an event, and what was wanted is kept. */
export class TestHand {
  state: GestureState = IDLE;
  intents: Intent[] = [];
  scene: Scene;

  constructor(cards: readonly AppointmentCard[], change: Partial<Scene> = {}) {
    this.scene = scene(cards, change);
  }

  send(event: GestureEvent): this {
    const next = turn(this.state, event, this.scene);
    this.state = next.state;
    this.intents.push(...next.intents);
    return this;
  }

  /** Presses a card in the middle of its upper ten minutes (or at an end). */
  press(id: string, part: CardPart = 'body'): this {
    const found = this.scene.cards.get(id);
    if (!found) throw new Error(`no card ${id} in the drawn day`);
    const minute = part === 'end' ? found.start_minute + found.length_minutes - 1 : found.start_minute + 5;
    return this.send({ type: 'press_card', card: id, part, point: this.at(found.operatory, minute) });
  }

  pressFree(operatory: string, time: string): this {
    return this.send({ type: 'press_empty', point: this.at(operatory, minuteOf(time)) });
  }

  /** Moves the pointer to a place, the pointer itself, not the card. */
  moveTo(operatory: string, time: string): this {
    return this.send({ type: 'point', point: this.at(operatory, minuteOf(time)) });
  }

  /** Moves the pointer by pixels from where it was pressed. */
  drag(x: number, y: number): this {
    if (!('press' in this.state)) throw new Error('nothing is pressed');
    const { press } = this.state;
    return this.send({ type: 'point', point: { x: press.x + x, y: press.y + y } });
  }

  release(): this {
    return this.send({ type: 'release' });
  }

  key(key: string, shift = false): this {
    return this.send({ type: 'key', key, shift, alt: false });
  }

  carry(id: string): this {
    const found = this.scene.cards.get(id);
    if (!found) throw new Error(`no card ${id} in the drawn day`);
    return this.send({ type: 'carry', card: found });
  }

  /** The sheet gets other contents, as a remote change or a turned page would give it. */
  redraw(cards: readonly AppointmentCard[], change: Partial<Scene> = {}): this {
    this.scene = scene(cards, change);
    return this.send({ type: 'sheet_changed' });
  }

  /** Intents that would change something. */
  get wanted(): Intent[] {
    return this.intents.filter((intent) => !['say', 'select', 'cursor'].includes(intent.kind));
  }

  get said(): string[] {
    return this.intents.flatMap((intent) => (intent.kind === 'say' ? [intent.text] : []));
  }

  private at(operatory: string, minute: number): { x: number; y: number } {
    const column = this.scene.columns.findIndex((each) => each.id === operatory);
    return { x: (column + 0.5) * COLUMN, y: minute - this.scene.scale.range.from };
  }
}
