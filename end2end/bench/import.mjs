// How long the import of a file takes through its page, for `cargo xtask bench queue`: prints one JSON document with milliseconds.
//
//   node bench/import.mjs BASE COOKIE FILE
import { chromium } from "@playwright/test";

const [base, cookie, file] = process.argv.slice(2);
const [name, value] = cookie.split("=");

const browser = await chromium.launch({
  executablePath: process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  await context.addCookies([{ name, value, url: base, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  await page.goto(`${base}/import`);
  await page.waitForTimeout(2000);
  const begin = Date.now();
  await page.locator("input[type=file]").setInputFiles(file);
  const button = page.getByRole("button", { name: /^Import [\d,.\s]+ people$/ });
  await button.waitFor({ timeout: 120_000 });
  const looked = Date.now();
  await button.click();
  await page.getByText(/people were added/).first().waitFor({ timeout: 120_000 });
  console.log(JSON.stringify({ look: looked - begin, write: Date.now() - looked }));
} finally {
  await browser.close();
}
