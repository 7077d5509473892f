// The calendars we measure ourselves against lie in tests/peers, not among the screen's own packages.
declare module 'peer:fullcalendar' {
  export const Calendar: new (element: HTMLElement, options: Record<string, unknown>) => {
    render(): void;
    destroy(): void;
    getEventById(id: string): { moveDates(by: { minutes: number }): void } | null;
  };
}
declare module 'peer:fullcalendar/*' {
  const plugin: unknown;
  export default plugin;
}
declare module 'peer:event-calendar' {
  export const ResourceTimeGrid: unknown;
  export const TimeGrid: unknown;
  export const DayGrid: unknown;
  export const Interaction: unknown;
  export function createCalendar(
    element: HTMLElement,
    plugins: unknown[],
    options: Record<string, unknown>,
  ): { updateEvent(event: Record<string, unknown>): void };
  export function destroyCalendar(calendar: unknown): Promise<void>;
}
