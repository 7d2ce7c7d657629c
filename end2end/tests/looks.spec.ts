// Every page as it looked before: at 1280 and at 390 px, light and dark. `cargo xtask pictures` renews what is kept in `looks/`; on a
// failure Playwright leaves what is expected, what is there, and the difference in `test-results/`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { Company, type Place } from "./company";

let company: Company;
test.beforeAll(async ({ browser }) => {
  company = await new Company().open(browser);
});
test.afterAll(() => company.stop());

// Another version of the browser draws letters a little differently: then there is nothing to compare with until the pictures
// are taken anew.
const DRAWN_BY = join(__dirname, "../looks/chromium.txt");
test.beforeEach(({ browser }, info) => {
  const version = browser.version().split(".")[0];
  if (info.config.updateSnapshots === "all") {
    writeFileSync(DRAWN_BY, `${version}\n`);
  }
  const drawn = readFileSync(DRAWN_BY, "utf8").trim();
  test.skip(drawn !== version, `drawn by Chromium ${drawn}, this is ${version}: cargo xtask pictures takes them anew`);
});

const WIDTHS = [1280, 390];
/** The simulated iPhone's UDID, serial number, IMEI and MEID, telephone number and addresses; a certificate's serial number. */
const DRAWN_BY_LOT = /^(0000[0-9A-F]{4}-.*|[0-9A-Z]{10}|\d{14,15}|\+1415555\d{4}|([0-9a-f]{2}:){5}[0-9a-f]{2})$|\b[0-9a-f]{40}\b/;

/** Takes what is shown at each width and in each theme. All are compared, also after one that differs. */
async function look(page: Page, name: string) {
  // Codes, hashes and the port are random, and who runs the command line has another name elsewhere.
  const mask = [page.locator("img, iframe, .log-end, .log .c-by .name-2"), page.getByText(/127\.0\.0\.1:\d+/), page.getByText(DRAWN_BY_LOT)];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 400 ? 860 : 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.soft(page).toHaveScreenshot(`${name}-${width}-${colorScheme}.png`, { mask, maskColor: "#808080", timeout: 15_000 });
    }
  }
}

async function all(page: Page, places: Place[]) {
  for (const { name, path } of places) {
    await page.setViewportSize({ width: WIDTHS[0], height: 860 });
    await company.go(page, path);
    await look(page, name);
  }
}

test("each page of the console looks as it did", async ({ browser }) => {
  test.setTimeout(600_000);
  await all(await company.page(browser), company.places());
});

test("so do the guide, and what is before the door", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await company.page(browser, { stranger: true });
  const plain = company.doors().concat({ name: "guide", path: "/guide/users" });
  for (const { name, path } of plain) {
    await page.goto(`${company.base}${path}`);
    await look(page, name);
  }
});

test("so does the phone's page on each phone", async ({ browser }) => {
  test.setTimeout(300_000);
  await phones(browser, company.phones());
});

// In a company of its own: it connects an iPhone.
test("so do the pages about an iPhone that is connected, and the page on one that can be", async ({ browser }) => {
  test.setTimeout(300_000);
  const before = company;
  company = await new Company().open(browser);
  try {
    const places = company.withApple();
    await all(await company.page(browser), places);
    const page = (name: string) => ({ ...company.phones().find((one) => one.name === name)!, name: `${name}-ready` });
    await phones(browser, [page("iphone"), page("ipad")]);
  } finally {
    company.stop();
    company = before;
  }
});

async function phones(browser: Browser, places: (Place & { agent: string })[]) {
  for (const { name, path, agent } of places) {
    const page = await company.page(browser, { stranger: true, userAgent: agent, viewport: { width: 390, height: 844 } });
    // After two seconds the page says that it was opened, and may then say more.
    const said = page.waitForResponse((answer) => answer.url().endsWith("/opened")).catch(() => undefined);
    await page.goto(`${company.base}${path}`);
    await Promise.race([said, page.waitForTimeout(5000)]);
    await page.waitForTimeout(500);
    const mask = [page.locator("svg, code, input, .one"), page.getByText("muster.northwind.example/")];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.soft(page).toHaveScreenshot(`${name}-${colorScheme}.png`, { mask, maskColor: "#808080", timeout: 15_000 });
    }
    await page.context().close();
  }
}
