/** Short messages at the foot of the window: what was done, with the way back; what was refused, and what to do. */

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  kind: 'done' | 'trouble';
  text: string;
  hint: string;
  action: ToastAction | null;
  /** What could be done next. */
  next: ToastAction | null;
}

const DONE_SECONDS = 6;
const TROUBLE_SECONDS = 14;

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 0;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(kind: Toast['kind'], text: string, hint = '', action: ToastAction | null = null, next: ToastAction | null = null): number {
    this.#next += 1;
    const id = this.#next;
    // Three at the most: the newest matter.
    this.list = [...this.list.slice(-2), { id, kind, text, hint, action, next }];
    this.#wait(id, kind);
    return id;
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** A message does not go while someone points at it or has the focus in it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    if (toast) this.#wait(id, toast.kind);
  }

  #wait(id: number, kind: Toast['kind']): void {
    clearTimeout(this.#timers.get(id));
    const seconds = kind === 'done' ? DONE_SECONDS : TROUBLE_SECONDS;
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), seconds * 1000),
    );
  }
}
