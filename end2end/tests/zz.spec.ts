import { test } from "@playwright/test";
import { World, ready } from "./world";
test("pictures", async ({ browser }) => {
  test.setTimeout(200_000);
  const world = await new World().start("--demo");
  world.muster("settings", "set", "public_url", "https://muster.northwind.example");
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.on("console", (m) => console.log("C", m.text().slice(0, 300)));
  page.on("pageerror", (m) => console.log("E", String(m).slice(0, 300)));
  await world.signUp(page);
  for (const lang of ["en", "ru"]) {
    await page.setExtraHTTPHeaders({ "accept-language": lang });
    await page.context().addCookies([{ name: "muster_language", value: lang, url: world.base }]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${world.base}/dashboard?days=30`);
    await ready(page);
    await page.waitForTimeout(1500);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: `/tmp/w6/d-${lang}-${theme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `/tmp/w6/d-${lang}-phone.png`, fullPage: true });
    await page.screenshot({ path: `/tmp/w6/d-${lang}-phone1.png` });
  }
  world.stop();
});
