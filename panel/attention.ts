/** Whoever touched nothing for so long is taken to have left. */
const ATTENTION_MS = 60_000;

let lastTouch = performance.now();

/** Watches for signs of a person. */
export function startAttention(): void {
  const touched = () => {
    lastTouch = performance.now();
  };
  for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    addEventListener(sign, touched, { passive: true, capture: true });
  }
}

/** Whether a person is at the panel. What it asks for without one must not keep the session open. */
export function isAttended(): boolean {
  return performance.now() - lastTouch < ATTENTION_MS;
}
