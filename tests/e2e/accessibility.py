"""What axe finds on a page that has come to rest."""

from __future__ import annotations

from playwright.async_api import Page

from tests.gateway.conftest import ROOT

AXE = ROOT / "web" / "desk" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
AT_REST = """async () => {
  const running = () => document.getAnimations().filter(
    (one) => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity);
  for (let quiet = 0; quiet < 4; quiet++) {
    await new Promise(requestAnimationFrame);
    const moving = running();
    if (moving.length === 0) continue;
    await Promise.allSettled(moving.map((one) => one.finished));
    quiet = 0;
  }
}"""
"""Frames without a transition, which Vue starts after its element: what fades in is measured as it stays."""


async def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, with where."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    await page.evaluate(AT_REST)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
