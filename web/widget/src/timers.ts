/** Named timers: setting one again replaces it, and all can be stopped at once. */
export class Timers {
  private readonly running = new Map<string, ReturnType<typeof setTimeout>>();

  after(name: string, milliseconds: number, work: () => void): void {
    this.cancel(name);
    this.running.set(
      name,
      setTimeout(() => {
        this.running.delete(name);
        work();
      }, milliseconds),
    );
  }

  cancel(...names: string[]): void {
    for (const name of names) {
      clearTimeout(this.running.get(name));
      this.running.delete(name);
    }
  }

  clear(): void {
    this.cancel(...this.running.keys());
  }
}
