/** The present in milliseconds, ticking once a second for everything on the screen, corrected to the server's clock. */
import { ref } from "vue";

let offset = 0;

export const now = ref(Date.now());

const tick = () => {
  now.value = Date.now() + offset;
};

setInterval(tick, 1000);

export function correct(milliseconds: number): void {
  offset = milliseconds;
  tick();
}
