// Every page there is, of the console, its guide, before its door and on the phone, and its dialogs: axe finds nothing serious or moderate in
// either theme and language, nothing is wider than its room, and no script complains.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { Company, findings, type Language } from "./company";

let company: Company;
test.beforeAll(async ({ browser }) => {
  company = await new Company().open(browser);
});
test.afterAll(() => company.stop());

type Found = Record<string, string[]>;

/** Looks at what is shown; in both themes, since colours are one matter, and once for the other language, since names are another. */
async function look(page: Page, name: string, found: Found) {
  const russian = (await page.locator("html").getAttribute("lang")) === "ru";
  for (const colorScheme of russian ? (["light"] as const) : (["light", "dark"] as const)) {
    await page.emulateMedia({ colorScheme });
    found[`${name} ${colorScheme}`] = await findings(page);
  }
}

/** What is wider than the window, or than the card around it. */
function beyondItsRoom(): string[] {
  const rooms = [document.documentElement, ...document.querySelectorAll<HTMLElement>(".card")];
  return rooms.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className || e.tagName}: ${e.scrollWidth} px in ${e.clientWidth}`);
}

async function fits(page: Page, name: string, found: Found) {
  const before = page.viewportSize()!;
  for (const width of [2560, 1024, 768, 390]) {
    await page.setViewportSize({ width, height: 844 });
    found[`${name} at ${width} px`] = await page.evaluate(beyondItsRoom);
  }
  await page.setViewportSize(before);
}

/** What is no complaint: an answer of 404 that was asked for, and that the test's own clock may not run in a preview's frame. */
const EXPECTED = ["404", "frame is sandboxed"];

/** A page, and what its scripts complain of. */
async function listened(browser: Browser, options: Parameters<Company["page"]>[1]): Promise<[Page, string[]]> {
  const page = await company.page(browser, options);
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && !EXPECTED.some((part) => message.text().includes(part)) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return [page, complaints];
}

function clean(found: Found, complaints: string[]) {
  const bad = Object.entries(found).filter(([, list]) => list.length > 0);
  expect(Object.fromEntries(bad)).toEqual({});
  expect(complaints).toEqual([]);
}

for (const language of ["en", "ru"] as Language[]) {
  test(`no page of the console has a finding of axe, and none is wider than its window (${language})`, async ({ browser }) => {
    test.setTimeout(600_000);
    const [page, complaints] = await listened(browser, { language });
    const found: Found = {};
    for (const { name, path } of [...company.places(), ...company.gone()]) {
      await company.go(page, path);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await look(page, name, found);
      await fits(page, name, found);
      // Rows that are ticked have another ground, and the strip stands above them.
      const all = page.locator("thead .check");
      if ((await all.count()) === 1 && (await all.isVisible())) {
        await all.check();
        await expect(page.locator(".strip")).toBeVisible();
        await look(page, `${name} ticked`, found);
      }
    }
    await company.go(page, "/api/docs");
    await look(page, "api", found);
    for (const path of ["/guide", "/guide/users", "/guide/sign-in"]) {
      await page.goto(`${company.base}${path}`);
      await look(page, path, found);
      await fits(page, path, found);
    }
    clean(found, complaints);
  });
}

test("neither has what is before the door, nor the phone's page on any phone", async ({ browser }) => {
  test.setTimeout(300_000);
  const found: Found = {};
  const [doors, phones] = [company.doors(), company.phones()];
  for (const language of ["en", "ru"] as Language[]) {
    const [page, complaints] = await listened(browser, { language, stranger: true });
    for (const { name, path } of doors) {
      await page.goto(`${company.base}${path}`);
      await look(page, `${name} ${language}`, found);
      await fits(page, `${name} ${language}`, found);
    }
    await page.context().close();
    for (const { name, path, agent } of phones) {
      const [phone, heard] = await listened(browser, { language, stranger: true, userAgent: agent, viewport: { width: 390, height: 844 } });
      await phone.goto(`${company.base}${path}`);
      await look(phone, `${name} ${language}`, found);
      found[`${name} ${language} at 390 px`] = await phone.evaluate(beyondItsRoom);
      complaints.push(...heard);
      await phone.context().close();
    }
    clean({}, complaints);
  }
  clean(found, []);
});

/** Each dialog: where it is, and the button that opens it. */
const DIALOGS: [string, string, RegExp][] = [
  ["add a person", "users", /^Add person$/],
  ["edit a person", "user", /^Edit$/],
  ["delete a person", "user", /^Delete/],
  ["add a group", "groups", /^Add group$/],
  ["rename a group", "groups", /^Rename/],
  ["rename a device", "device", /^Rename$/],
  ["another owner", "device", /^Change owner$/],
  ["delete a device", "device", /^Delete/],
  ["invite a colleague", "accounts", /^Invite a colleague$/],
];

test("neither has a dialog", async ({ browser }) => {
  test.setTimeout(300_000);
  const [page, complaints] = await listened(browser, {});
  const found: Found = {};
  const places = new Map(company.places().map(({ name, path }) => [name, path]));
  for (const [name, place, button] of DIALOGS) {
    await company.go(page, places.get(place)!);
    await page.locator("#content").getByRole("button", { name: button }).first().click();
    await expect(page.locator("dialog[open]"), name).toBeVisible();
    await look(page, name, found);
  }
  await company.go(page, "/users");
  for (const row of [0, 2]) await page.locator("tbody input[type=checkbox]").nth(row).check();
  await page.getByRole("button", { name: /^Send instructions/ }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.waitForTimeout(800);
  await look(page, "send instructions", found);
  clean(found, complaints);
});
