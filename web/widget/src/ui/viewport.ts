/** On a phone the on-screen keyboard shrinks only the visual viewport: the panel follows it. */

/** Keeps `--top` and `--height` of `root` at the visible part while `wanted` says so. Returns the way to stop. */
export function followViewport(root: HTMLElement, wanted: () => boolean): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const follow = () => {
    if (!wanted()) return;
    root.style.setProperty("--top", `${viewport.offsetTop}px`);
    root.style.setProperty("--height", `${viewport.height}px`);
  };
  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  return () => {
    viewport.removeEventListener("resize", follow);
    viewport.removeEventListener("scroll", follow);
  };
}
