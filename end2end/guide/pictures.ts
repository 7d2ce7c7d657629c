// The pictures of the guide and of the README: the demo company at its fixed moment, in both languages. A picture that shows the
// whole page has one for the dark too.
import { join } from "node:path";
import { test, expect, type Page } from "@playwright/test";
import { Company, type Language } from "../tests/company";
import { IPHONE, PIXEL } from "../tests/world";

const FOLDER = process.env.MUSTER_PICTURES ?? join(__dirname, "../../docs/guide/pictures");
const README = process.env.MUSTER_PICTURES ?? join(__dirname, "../../docs/pictures");

let company: Company;
test.beforeAll(async ({ browser }) => {
  company = await new Company().open(browser);
});
test.afterAll(() => company.stop());

/** Ticks two people, as somebody does who is about to send. */
async function tick(page: Page) {
  for (const row of [0, 2]) await page.locator("tbody input[type=checkbox]").nth(row).check();
}

async function send(page: Page) {
  await tick(page);
  await page.locator("#send").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.waitForTimeout(1500);
}

/** Name, place, what is done there first, and whether there is one for the dark. */
type Picture = [name: string, place: string, first?: (page: Page) => Promise<void>, dark?: boolean];
const PICTURES: Picture[] = [
  ["dashboard", "dashboard", undefined, true],
  ["users", "users", undefined, true],
  ["ticked", "users", tick],
  ["send", "users", send],
  ["groups", "groups"],
  ["import", "import"],
  ["invitations", "invitations"],
  ["device", "device"],
  ["message", "message"],
  ["settings", "settings"],
  ["accounts", "accounts"],
  ["audit", "audit"],
];

for (const language of ["en", "ru"] as Language[]) {
  test(`the console (${language})`, async ({ browser }) => {
    const page = await company.page(browser, { language, viewport: { width: 1280, height: 800 } });
    const places = new Map(company.places().map(({ name, path }) => [name, path]));
    for (const [name, place, first, dark] of PICTURES) {
      await company.go(page, places.get(place)!);
      await first?.(page);
      await page.screenshot({ path: join(FOLDER, `${name}-${language}.png`) });
      if (dark) {
        await page.emulateMedia({ colorScheme: "dark" });
        await page.screenshot({ path: join(FOLDER, `${name}-${language}-dark.png`) });
        await page.emulateMedia({ colorScheme: "light" });
      }
    }
  });
}

test("the README's", async ({ browser }) => {
  const page = await company.page(browser, { viewport: { width: 1280, height: 800 } });
  for (const [name, path, first] of [["users", "/users", tick], ["dashboard", "/dashboard"], ["send", "/users", send]] as const) {
    await company.go(page, path);
    await first?.(page);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      // The message's frame paints a moment later.
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(README, `${name}-${colorScheme}.png`) });
    }
    await page.emulateMedia({ colorScheme: "light" });
  }
});

// Last: whoever is given a link is shown as invited from then on.
for (const language of ["en", "ru"] as Language[]) {
  test(`the phone's page (${language})`, async ({ browser }) => {
    const [open] = company.phones();
    for (const [name, agent] of [["phone-android", PIXEL], ["phone-iphone", IPHONE]]) {
      const page = await company.page(browser, { language, stranger: true, userAgent: agent, viewport: { width: 390, height: 700 } });
      await page.goto(`${company.base}${open.path}`);
      await page.screenshot({ path: join(FOLDER, `${name}-${language}.png`) });
      await page.context().close();
    }
  });
}
