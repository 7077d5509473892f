// Assistants by period, as they are typed.
import { describe, expect, it } from 'vitest';
import { assistantText, readAssistants, readDay } from './assistants';

describe('the assistants of a location', () => {
  it('are read as they are written', () => {
    const periods = [
      { weekday: 'monday', from: '12:00:00', until: '17:00:00', count: 2 },
      { weekday: 'monday', from: '08:00:00', until: '12:00:00', count: 3 },
      { weekday: 'friday', from: '08:00:00', until: '00:00:00', count: 1 },
    ] as const;
    const text = assistantText([...periods]);
    expect([text.monday, text.tuesday]).toEqual(['08:00–12:00 = 3, 12:00–17:00 = 2', '']);
    expect(readDay(text.monday)).toEqual([
      { from: '08:00', until: '12:00', count: 3 },
      { from: '12:00', until: '17:00', count: 2 },
    ]);
    expect(readDay(text.friday)).toEqual([{ from: '08:00', until: '00:00', count: 1 }]);
  });

  it('are not read without a number, backwards, overlapping or by the hundred', () => {
    for (const text of ['8-12', '8-12 = ', '8-12 = 0', '8-12 = 100', '12-8 = 2', '8-24 = 2', '8-12 = 2, 11-13 = 1', 'three', '8-12 = 2 = 3', '= 3', '8-12 = 2,']) {
      expect(readDay(text), text).toBeNull();
    }
    expect(readDay(' 8 – 12=3 ')).toHaveLength(1);
    expect(readAssistants({ ...assistantText([]), sunday: 'all' })).toBeNull();
    expect(readAssistants(assistantText([]))).toEqual([]);
  });
});
