// A browser without scripts reads all of a list, and the sign-in, a plain form, leads to the page that was asked for.
import { expect, test, type Browser } from "@playwright/test";
import { World, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const many = (n: number) => [...Array(n).keys()].map((i) => `Person ${String(i).padStart(3, "0")},p${i}@northwind.example,Ward ${i % 2}\n`).join("");

/** A page without scripts, signed in. */
async function plain(browser: Browser, width: number) {
  const first = await browser.newPage();
  await world.signUp(first);
  const state = await first.context().storageState();
  await first.close();
  return (await browser.newContext({ javaScriptEnabled: false, storageState: state, viewport: { width, height: 800 } })).newPage();
}

test("without scripts the pages of a list are turned, it is sorted and searched, and filters stay", async ({ browser }) => {
  world.people(many(120));
  const page = await plain(browser, 1280);
  await page.goto(`${world.base}/users?group=Ward+1`);
  await expect(page.getByText("1–50 of 60")).toBeVisible();
  // Where there is no page before, there is no link.
  await expect(page.getByRole("link", { name: "Previous page" })).not.toHaveAttribute("href");
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await expect(page.getByRole("link", { name: "Person 119" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Next page" })).not.toHaveAttribute("href");
  await page.getByRole("columnheader").getByRole("button", { name: "Name" }).click();
  await expect(page).toHaveURL(/group=Ward(\+|%20)1.*desc=1/);
  await expect(page.getByRole("row").nth(1)).toContainText("Person 119");
  await page.getByRole("searchbox").fill("person 01");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1–7 of 7")).toBeVisible();
  await expect(page).toHaveURL(/group=Ward(\+|%20)1/);
  await expect(page.getByRole("row").nth(1)).toContainText("Person 101");
  await page.getByRole("searchbox").fill("nobody of that name");
  await page.locator("main").getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("Nothing found")).toBeVisible();
});

for (const width of [1280, 390]) {
  test(`without scripts the notice covers neither the navigation nor the account's menu, at ${width} px`, async ({ browser }) => {
    world.people(many(120));
    const page = await plain(browser, width);
    await page.goto(`${world.base}/users`);
    await expect(page.locator("noscript p")).toBeVisible();
    await page.locator("#account").click({ timeout: 2000 });
    await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeInViewport();
    await page.locator("#account").click({ timeout: 2000 });
    await page.locator(".side").getByRole("link", { name: /^Settings/ }).click({ timeout: 2000 });
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test("with scripts the field searches by itself, without a button, and Enter leaves the page alone", async ({ page }) => {
  world.people(many(60));
  await world.signUp(page);
  await expect(page.locator("main").getByRole("button", { name: "Search", exact: true })).toHaveCount(0);
  await page.evaluate(() => ((window as unknown as { same: boolean }).same = true));
  await page.getByRole("searchbox").fill("person 05");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1–11 of 11")).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { same?: boolean }).same)).toBe(true);
  // The keys of the pages press their links, and nothing where there is no page.
  await page.goto(`${world.base}/users`);
  await ready(page);
  await page.keyboard.press("[");
  await page.keyboard.press("]");
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeFocused();
  await page.keyboard.press("[");
  await expect(page.getByText("1–50 of 60")).toBeVisible();
  // And the head of a column is pressed like a button.
  await page.getByRole("button", { name: "Name" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("row").nth(1)).toContainText("Person 059");
  await expect(page.getByRole("button", { name: "Name" })).toBeFocused();
});

test("the sign-in leads to the page that was asked for, also after a wrong password and when a session ends", async ({ browser, page }) => {
  world.people(many(3));
  await world.signUp(page);
  const other = await (await browser.newContext()).newPage();
  await other.goto(`${world.base}/users?message=never&q=person`);
  await expect(other).toHaveURL(/\/login\?back=/);
  for (const password of ["not this one", "long enough 1"]) {
    await other.getByLabel("E-mail").fill("rosa@northwind.example");
    await other.getByLabel("Password").fill(password);
    await other.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(other).toHaveURL(`${world.base}/users?message=never&q=person`);
  await ready(other);
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(other).toHaveURL(/\/login\?back=/, { timeout: 15_000 });
  await other.getByLabel("E-mail").fill("rosa@northwind.example");
  await other.getByLabel("Password").fill("long enough 1");
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other).toHaveURL(`${world.base}/users?message=never&q=person`);
});
