// How the stories run: files of them side by side, in the Chromium that MUSTER_CHROMIUM names. Each story has a server and a
// data folder of its own, and waits more than it works.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false,
  // A machine that is busy for a moment is no fault of a story. One that fails twice has failed.
  retries: 1,
  timeout: 60_000,
  forbidOnly: !!process.env.CI,
  reporter: "list",
  // What pages looked like. Few colours are kept of each picture, so a colour may be a little off, but hardly any of the page.
  snapshotPathTemplate: "{testDir}/../looks/{arg}{ext}",
  expect: { toHaveScreenshot: { maxDiffPixelRatio: 0.002, threshold: 0.2, animations: "disabled", caret: "hide" } },
  use: {
    browserName: "chromium",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A preview that goes while Chromium moves it to a process of its own trips an assertion in Playwright, and the
        // story stands still.
        "--disable-features=IsolateSandboxedIframes",
      ],
    },
  },
});
