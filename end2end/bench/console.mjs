// Times in Chromium for `cargo xtask bench browser`: prints one JSON document with milliseconds.
//
//   node bench/console.mjs BASE COOKIE LINKS FOLDER TIMES
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const [base, cookie, links, folder, times] = process.argv.slice(2);
const COUNT = Number(times);
const AGENT = process.env.MUSTER_AGENT_BIN;
const [name, value] = cookie.split("=");
const session = { name, value, url: base, httpOnly: true, sameSite: "Lax" };

// The moment that the page calls itself alive, it is asked to prove it: Send instructions is pressed, and the
// dialog must be open a moment later.
const PROBE = `
  window.proof = new Promise((done) => {
    new PerformanceObserver((list) => {
      for (const mark of list.getEntriesByName("hydrated")) {
        document.querySelector("#send").click();
        setTimeout(() => done({
          hydrated: mark.startTime - performance.getEntriesByType("navigation")[0].responseEnd,
          alive: document.querySelector("dialog[open]") !== null,
        }), 500);
      }
    }).observe({ type: "mark", buffered: true });
  });
`;

async function context() {
  const made = await browser.newContext();
  await made.addCookies([session]);
  return made;
}

/** Loads the Users page and waits until it is alive. */
async function load(from) {
  const page = await from.newPage();
  await page.addInitScript(PROBE);
  await page.goto(`${base}/users`);
  const proof = await page.evaluate(() => window.proof);
  await page.close();
  return proof;
}

const label = (number) => `Bench ${String(number).padStart(3, "0")}`;

/** Runs the agent to its end; the moment of its exit. */
function enroll(link, number) {
  return new Promise((done, failed) => {
    const words = ["enroll", link, "--model", label(number), "--state", join(folder, `phone-${number}.json`)];
    const agent = spawn(AGENT, words, { stdio: ["ignore", "ignore", "inherit"] });
    agent.on("exit", (code) => (code === 0 ? done(Date.now()) : failed(new Error(`muster-agent ended with ${code}`))));
  });
}

/** The moment that a row with this text stands in the page. */
const appears = (text) =>
  new Promise((done) => {
    const look = () => {
      const there = [...document.querySelectorAll("tbody tr")].some((row) => row.textContent.includes(text));
      if (there) done(performance.timeOrigin + performance.now());
      return there;
    };
    if (look()) return;
    const watch = new MutationObserver(() => look() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  });

async function rows() {
  const found = [];
  const page = await (await context()).newPage();
  await page.goto(`${base}/devices`);
  await page.waitForTimeout(1500);
  for (const [number, link] of readFileSync(links, "utf8").split("\n").entries()) {
    const seen = page.evaluate(appears, label(number));
    found.push((await Promise.all([seen, enroll(link, number)])).reduce((row, claim) => row - claim));
    // Spread over the page's own rhythm of gathering changes.
    await page.waitForTimeout(400 + 37 * number);
  }
  return found;
}

const browser = await chromium.launch({
  executablePath: process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const proofs = { cold: [], warm: [] };
  for (let n = 0; n < COUNT; n++) {
    const fresh = await context();
    proofs.cold.push(await load(fresh));
    await fresh.close();
  }
  const regular = await context();
  await load(regular);
  for (let n = 0; n < COUNT; n++) proofs.warm.push(await load(regular));
  const all = [...proofs.cold, ...proofs.warm];
  const hydrated = (kind) => proofs[kind].map((proof) => proof.hydrated);
  const row = await rows();
  console.log(JSON.stringify({ cold: hydrated("cold"), warm: hydrated("warm"), row, loads: all.length, alive: all.filter((p) => p.alive).length }));
} finally {
  await browser.close();
}
