// What all lists and pages share: their addresses, phone width, the browser's zone, and what leads nowhere.
import { expect, test } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

test("on a phone: nothing is wider than the screen, rows keep their check box, and the menu has language, theme and the ways out", async ({ browser }) => {
  world.people("Anna Petrova,anna@northwind.example,Ward 3\nFarah Haddad,,Ward 1\n");
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })).newPage();
  const found = problems(page);
  await world.signUp(page);
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await fits();
  await page.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
  await page.locator("#send").click();
  await expect(page.getByRole("button", { name: "Send 1 message" })).toBeEnabled();
  await fits();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Anna Petrova", exact: true }).click();
  await expect(page.getByRole("button", { name: "Edit" })).toBeVisible();
  await fits();
  const here = page.url();
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(page.url()).toBe(here);
  await ready(page);
  await page.locator("#account").click();
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Русский" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ru");
  await expect(page.getByRole("heading", { name: "Устройства" })).toBeVisible();
  await fits();
  await ready(page);
  await page.locator("#account").click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Выйти на всех устройствах" })).toBeHidden();
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Выйти на всех устройствах" }).click();
  await expect(page).toHaveURL(/\/login$/);
  expect(found).toEqual([]);
});

test("times are told in the browser's zone, at once with the next page, and the page comes alive without a mismatch", async ({ browser }) => {
  world.people("Anna,anna@northwind.example,\n");
  world.muster("invite", "anna@northwind.example", "--print-link");
  const page = await (await browser.newContext({ timezoneId: "Asia/Kolkata" })).newPage();
  const found = problems(page);
  await world.signUp(page);
  const local = await page.evaluate(() => new Date().toLocaleTimeString("en-GB", { hour: "2-digit" }).slice(0, 2));
  const utc = String(new Date().getUTCHours()).padStart(2, "0");
  expect(local).not.toBe(utc);
  const told = page.getByRole("row", { name: /Anna/ }).locator("td.message .sub");
  await expect(told).toHaveText(new RegExp(`^(today|yesterday), (${local}|${String((Number(local) + 23) % 24).padStart(2, "0")}):\\d\\d$`));
  const text = await told.textContent();
  const html = await (await page.request.get(`${world.base}/users`)).text();
  expect(html).toContain(text!);
  await page.reload();
  await ready(page);
  await expect(told).toHaveText(text!);
  expect(found).toEqual([]);
});

test("the list: what is typed, the sort, the page and its size stand in the address, and nothing found is not nobody yet", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await expect(page.getByText("Nobody here yet")).toBeVisible();
  world.people([...Array(60).keys()].map((n) => `Person ${String(n).padStart(2, "0")},p${n}@northwind.example,${n % 2 ? "Odd" : "Even"}\n`).join(""));
  await expect(page.getByText("1–50 of 60")).toBeVisible();
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await page.getByLabel("Rows per page").selectOption("25");
  await expect(page.getByText("1–25 of 60")).toBeVisible();
  await expect(page).toHaveURL(/size=25/);
  await page.getByRole("button", { name: "Name" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("Person 59");
  // "Back" takes back the order, then the size, then the page; and "forward" goes on.
  await page.goBack();
  await expect(page.getByRole("row").nth(1)).toContainText("Person 00");
  await page.goBack();
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await page.goBack();
  await expect(page.getByText("1–50 of 60")).toBeVisible();
  for (let n = 0; n < 3; n++) await page.goForward();
  await expect(page.getByRole("row").nth(1)).toContainText("Person 59");
  await page.reload();
  await ready(page);
  await expect(page.getByText("1–25 of 60")).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toContainText("Person 59");
  // A page that is no more leads to the last one there is.
  await page.goto(`${world.base}/users?size=25&page=9`);
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await page.getByRole("searchbox").fill("nobody like that");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await expect(page.getByText("Nobody here yet")).toHaveCount(0);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(page.getByText("1–25 of 60")).toBeVisible();
  // Letters are found without their marks, and another theme leads back to what was looked for.
  world.people("Zoë Müller,zoe@northwind.example,\n");
  await page.getByRole("searchbox").fill("muller zoe");
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await expect(page).toHaveURL(/q=muller/);
  const here = page.url();
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(page.url()).toBe(here);
  await expect(page.getByRole("link", { name: "Zoë Müller" })).toBeVisible();
  expect(found).toEqual([]);
});

test("an address that leads nowhere is said so, in the console with the way back, and to others plainly", async ({ browser, page }) => {
  await world.signUp(page);
  const answer = await page.goto(`${world.base}/users/nobody/at/all`);
  expect(answer!.status()).toBe(404);
  await expect(page).toHaveTitle("There is nothing at this address · Muster");
  await page.getByRole("link", { name: "Back to all users" }).click();
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await page.goto(`${world.base}/users/01900000-0000-7000-8000-000000000001`);
  await expect(page.getByText("This person is not here any more")).toBeVisible();
  const stranger = await (await browser.newContext({ locale: "ru-RU" })).newPage();
  expect((await stranger.goto(`${world.base}/no/such/page`))!.status()).toBe(404);
  await expect(stranger.getByRole("heading", { name: "По этому адресу ничего нет" })).toBeVisible();
});

test("two who edit one person at a time both have what they saved", async ({ page }) => {
  world.people("Anna,anna@northwind.example,Ward 3\n");
  await world.signUp(page);
  const [id] = world.json("users", "list").map((user: { id: string }) => user.id);
  const begin = async (tab: typeof page) => {
    await tab.goto(`${world.base}/users/${id}`);
    await ready(tab);
    await tab.getByRole("button", { name: "Edit" }).click();
    return tab.getByRole("dialog", { name: "Edit person" });
  };
  const colleague = await page.context().newPage();
  const [mine, theirs] = [await begin(page), await begin(colleague)];
  await theirs.getByLabel("Name").fill("Anna Petrova");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(colleague.getByRole("heading", { name: "Anna Petrova" })).toBeVisible();
  // Their form still shows what was there when it was opened.
  await expect(mine.getByLabel("Name")).toHaveValue("Anna");
  await mine.getByLabel("E-mail").fill("a.petrova@northwind.example");
  await mine.getByRole("button", { name: "Save" }).click();
  await expect(mine).toBeHidden();
  const [anna] = world.json("users", "list");
  expect([anna.name, anna.email]).toEqual(["Anna Petrova", "a.petrova@northwind.example"]);
});
