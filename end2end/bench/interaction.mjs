// From a key or a click to the next frame, in Chromium slowed four times, for `cargo xtask bench interaction`: prints one JSON
// document with milliseconds, as the Event Timing API tells them (in steps of 8).
//
//   node bench/interaction.mjs BASE COOKIE
import { chromium } from "@playwright/test";

const [base, cookie] = process.argv.slice(2);
const [name, value] = cookie.split("=");
const TIMES = 20;

// The longest event of each interaction; one without an entry was shorter than the shortest that is told, 16 ms.
const WATCH = `
  window.seen = new Map();
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.interactionId) seen.set(entry.interactionId, Math.max(seen.get(entry.interactionId) ?? 0, entry.duration));
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
`;

const browser = await chromium.launch({
  executablePath: process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  await context.addCookies([{ name, value, url: base, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`${base}/users`);
  await page.waitForTimeout(2500);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });

  /** Does it so often, and tells what each took; what is not told counts as 16 ms. */
  const measure = async (act) => {
    const times = [];
    for (let n = 0; n < TIMES; n++) {
      await page.evaluate(() => window.seen.clear());
      await act(n);
      await page.waitForTimeout(600);
      const all = await page.evaluate(() => [...window.seen.values()]);
      times.push(Math.max(16, ...all));
    }
    return times;
  };
  const boxes = page.locator("tbody input[type=checkbox]");
  const tick = await measure((n) => boxes.nth(n).click());
  const sort = await measure(() => page.locator("thead .sorter").first().click());
  const field = page.getByRole("searchbox");
  await field.focus();
  const search = await measure((n) => page.keyboard.press(n % 2 ? "Backspace" : "a"));
  console.log(JSON.stringify({ tick, sort, search }));
} finally {
  await browser.close();
}
