import { textWidth } from './text-width';

/**
 * How much of a visit a card can say: the name first, on two lines when one is too short, then the type, then the times.
 * Marks always have a place of their own, so they never lie on letters. Arithmetic only: a hundred and fifty cards are laid
 * out in one frame, and measuring text in the page would cost more than drawing it.
 */

/** Pixels at the usual text size; `face` is given how far the text is scaled. */
const NAME_LINE = 17;
const SMALL_LINE = 13;
const WHAT_LINE = 15;
const FOOT_LINE = 14;
/** Two lines of a name and one of the type, pressed together. */
const TIGHT_THREE = 45;
/** Above and below the text. */
const MARGIN = 3;
/** The sizes of letters, as `tokens.css` has them. */
const PIXELS = { usual: 13.5, small: 12, tiny: 11 } as const;
const SIZES = ['usual', 'small', 'tiny'] as const;
const WHAT_PX = 12;
/** Status, time pattern and the air beside the text. */
const RAIL = 26;
const CHIP = 20;
const MARK = 14;
const GAP = 4;

/** Below this a name reads only downwards. */
export const SLIVER = 44;
export const NARROW = 84;

export interface Face {
  /** Smaller letters where they save a name: on two lines of a short card, or one whose parts are long. */
  size: 'usual' | 'small' | 'tiny';
  /** Two lines pressed together. */
  isTight: boolean;
  /** Lines the name may take. */
  nameLines: number;
  /** The words for the type, or none where only the name has room. */
  what: 'name' | 'code' | 'chip' | 'none';
  withMinutes: boolean;
  withTimes: boolean;
  /** How many marks, and where: after the name, after the type, or on the line below. */
  marks: number;
  marksAt: 'name' | 'what' | 'foot';
  /** Name and marks side by side. */
  isOneLine: boolean;
  isSliver: boolean;
  /** No rail: the status stands at the foot of the card. */
  isNarrow: boolean;
}

export interface FaceInput {
  /** Pixels of the card. */
  width: number;
  height: number;
  name: string;
  typeName: string;
  typeCode: string;
  minutes: number;
  times: string;
  marks: number;
  /** 1 at the usual text size, 2 at 200 %. */
  textScale: number;
}

export function face(input: FaceInput): Face {
  const width = input.width / input.textScale;
  const height = input.height / input.textScale;
  if (width < SLIVER) {
    return { ...PLAIN, size: 'tiny', marks: 0, isSliver: true };
  }
  if (width < NARROW && height >= 30) {
    const nameLines = Math.max(1, Math.floor((height - MARGIN - FOOT_LINE) / SMALL_LINE));
    return { ...PLAIN, size: 'small', nameLines, marks: Math.min(1, input.marks), marksAt: 'foot', isNarrow: true };
  }
  const room = width - RAIL;
  if (height < 17) return { ...PLAIN, isOneLine: true, size: 'tiny', marks: Math.min(1, input.marks) };
  if (height < 26) {
    const marks = Math.min(width < 120 ? 1 : 2, input.marks);
    const nameRoom = room - marks * MARK;
    const withChip = textWidth(input.name, PIXELS.usual) + CHIP + 2 * GAP <= nameRoom;
    return { ...PLAIN, isOneLine: true, size: oneLineSize(input.name, nameRoom), what: withChip ? 'chip' : 'none', marks };
  }
  const size = oneLineSize(input.name, room);
  if (height < 40) {
    // Two lines in all: the rest of the name goes before the type, but not before what somebody must see.
    if (textWidth(input.name, PIXELS.small) > room && input.marks === 0) {
      const wrapped = wrappedSize(input.name, room);
      return { ...PLAIN, size: height < 37 && wrapped === 'usual' ? 'small' : wrapped, nameLines: 2 };
    }
    return { ...PLAIN, size, isTight: height < 36, ...whatLine(input, room, Math.min(3, input.marks)) };
  }
  const isOnOneLine = textWidth(input.name, PIXELS.usual) <= room;
  const wrapped = isOnOneLine ? 'usual' : wrappedSize(input.name, room);
  const line = wrapped === 'usual' ? NAME_LINE : SMALL_LINE;
  // A name in parts longer than the card may take a third line where there is room for it.
  const nameLines = isOnOneLine ? 1 : wrapped === 'usual' || height < 80 ? 2 : 3;
  let left = height - MARGIN - nameLines * line;
  if (left < WHAT_LINE) {
    // Three lines pressed together: on a short visit the type is still worth saying.
    if (height >= TIGHT_THREE) return { ...PLAIN, size: wrapped, isTight: true, nameLines, ...whatLine(input, room, Math.min(3, input.marks)) };
    return input.marks === 0
      ? { ...PLAIN, size: wrapped, nameLines }
      : { ...PLAIN, size, ...whatLine(input, room, Math.min(3, input.marks)) };
  }
  left -= WHAT_LINE;
  if (left < FOOT_LINE) return { ...PLAIN, size: wrapped, nameLines, ...whatLine(input, room, Math.min(3, input.marks)) };
  const marks = Math.min(5, input.marks);
  return {
    ...PLAIN,
    size: wrapped,
    nameLines,
    ...whatLine(input, room, 0),
    withTimes: textWidth(input.times, PIXELS.tiny) + marks * MARK <= room,
    marks,
    marksAt: 'foot',
  };
}

/** Widths are measured without the page: what fits by less than this may not. */
const SURE = 1.06;

/** Whether the name is surely whole on its line: then nothing has to cut it, and a sheet of such cards is painted faster. */
export function nameFits(shows: Face, input: Pick<FaceInput, 'width' | 'name' | 'textScale'>): boolean {
  if (shows.nameLines > 1 || shows.isNarrow || shows.isSliver) return false;
  const beside = shows.isOneLine ? shows.marks * MARK + (shows.what === 'chip' ? CHIP + 2 * GAP : GAP) : 0;
  return textWidth(input.name, PIXELS[shows.size]) * SURE <= input.width / input.textScale - RAIL - beside;
}

/** The largest letters in which the name is whole on one line. */
function oneLineSize(name: string, room: number): Face['size'] {
  return SIZES.find((size) => textWidth(name, PIXELS[size]) <= room) ?? 'small';
}

/** The largest letters in which no part of the name is broken in the middle. */
function wrappedSize(name: string, room: number): Face['size'] {
  const longest = Math.max(...name.split(/ |(?<=-)/).map((part) => textWidth(part, 1)));
  return SIZES.find((size) => longest * PIXELS[size] <= room) ?? 'small';
}

const PLAIN: Face = {
  size: 'usual',
  isTight: false,
  nameLines: 1,
  what: 'none',
  withMinutes: false,
  withTimes: false,
  marks: 0,
  marksAt: 'name',
  isOneLine: false,
  isSliver: false,
  isNarrow: false,
};

/** The line of the type: its whole name if that fits, else the code; minutes give way to marks. */
function whatLine(input: FaceInput, room: number, marks: number): Pick<Face, 'what' | 'withMinutes' | 'marks' | 'marksAt'> {
  const left = room - CHIP - (marks > 0 ? marks * MARK + GAP : 0);
  const minutes = textWidth(` ${input.minutes}`, WHAT_PX);
  const name = textWidth(input.typeName, WHAT_PX);
  const code = textWidth(input.typeCode || input.typeName, WHAT_PX);
  const at = { marks, marksAt: 'what' as const };
  if (name + minutes <= left) return { what: 'name', withMinutes: true, ...at };
  if (code + minutes <= left) return { what: 'code', withMinutes: true, ...at };
  if (code <= left) return { what: 'code', withMinutes: false, ...at };
  return { what: 'chip', withMinutes: false, ...at };
}
