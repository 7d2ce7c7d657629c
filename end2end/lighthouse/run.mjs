// What Lighthouse says of pages, for `cargo xtask bench lighthouse`: prints one JSON document with scores of 0 to 100.
//
//   node run.mjs BASE COOKIE TIMES PATH…
import * as launcher from "chrome-launcher";
import lighthouse from "lighthouse";

const [base, cookie, times, ...paths] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices"];

// A desk: no phone's network and processor are played. The processor here is shared with the server as it is.
const DESK = {
  formFactor: "desktop",
  screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false },
  throttlingMethod: "simulate",
  throttling: { rttMs: 40, throughputKbps: 10_240, cpuSlowdownMultiplier: 1, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0 },
};

const chrome = await launcher.launch({
  chromePath: process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
  logLevel: "silent",
});
const told = {};
try {
  for (const path of paths) {
    const runs = [];
    for (let n = 0; n < Number(times); n++) {
      const extraHeaders = path === "/login" ? {} : { Cookie: cookie };
      const once = () => lighthouse(base + path, { port: chrome.port, output: "json", logLevel: "silent", onlyCategories: CATEGORIES, extraHeaders, ...DESK });
      let { lhr } = await once();
      // "Please run Lighthouse again": the first trace of a browser that has just begun may lack its beginning.
      if (lhr.runtimeError?.code === "NO_NAVSTART") ({ lhr } = await once());
      if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
      if (new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}`);
      if (process.env.MUSTER_LIGHTHOUSE_AUDITS) {
        const named = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
        console.error(path, named.map((name) => `${name} ${lhr.audits[name].displayValue}`).join(", "));
      }
      runs.push(CATEGORIES.map((name) => Math.round(lhr.categories[name].score * 100)));
    }
    const median = (of) => runs.map((run) => run[of]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
    told[path] = Object.fromEntries(CATEGORIES.map((name, of) => [name, median(of)]));
  }
  console.log(JSON.stringify(told));
} finally {
  await chrome.kill();
}
