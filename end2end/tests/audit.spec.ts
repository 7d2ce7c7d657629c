// The audit log: who did what, with the values before and after; filtered, exported, checked, and closed to who may not.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const rows = (page: Page) => page.locator("table.log > tbody > tr");
const what = (page: Page) => page.locator("table.log .c-what > div");

async function log(page: Page) {
  await page.goto(`${world.base}/audit`);
  await ready(page);
}

test("what is done stands in the log at once, with who, from where, before and after", async ({ page, browser }) => {
  const found = problems(page);
  await world.signUp(page);
  world.people("Anna Petrova,anna@northwind.example,Ward 1\n");
  await log(page);
  await expect(what(page).first()).toHaveText("Imported people ");
  await expect(rows(page).first()).toContainText("Command line");
  const other = await browser.newPage({ storageState: await page.context().storageState() });
  await other.goto(`${world.base}/users`);
  await ready(other);
  await other.getByRole("link", { name: "Anna Petrova" }).first().click();
  await other.getByRole("button", { name: "Edit" }).click();
  await other.getByLabel("Name", { exact: true }).fill("Anna <b>Sokolova</b>");
  await other.getByRole("button", { name: "Save" }).click();
  // Live.
  await expect(what(page).first()).toHaveText("Changed the person Anna <b>Sokolova</b>", { timeout: 3000 });
  const entry = rows(page).first();
  await expect(entry).toContainText("Rosa Klein");
  await expect(entry).toContainText("127.0.0.1");
  await entry.locator("summary").focus();
  await page.keyboard.press("Enter");
  await expect(entry.locator(".values tbody tr")).toHaveText(["NameAnna PetrovaAnna <b>Sokolova</b>"]);
  await entry.getByRole("link", { name: "Anna <b>Sokolova</b>" }).click();
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]+$/);
  expect(found).toEqual([]);
});

test("the log is filtered, leaves as a file that says so itself, and is checked", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  world.people(["Anna Petrova,anna@northwind.example,", "Boris Ahmed,boris@northwind.example,"].join("\n") + "\n");
  world.agent("anna", "enroll", world.muster("invite", "anna@northwind.example", "--print-link").trim());
  await log(page);
  await page.getByLabel("About").selectOption("Devices");
  await expect(page).toHaveURL(/about=device/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Connected");
  await page.getByLabel("About").selectOption("About everything");
  await page.getByLabel("By").selectOption("Command line");
  await expect(what(page)).toHaveText(["Sent instructions ", "Imported people "]);
  await page.getByLabel("From").fill("2030-01-01");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("link", { name: "Show all entries" }).click();
  await page.getByPlaceholder("Search name, address or value").fill("anna");
  await expect(page).toHaveURL(/q=anna/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export" }).click()]);
  const csv = readFileSync((await download.path())!, "utf8").trim().split(/\r?\n/);
  expect(csv[0]).toContain("number,at,by,from,action,subject,subject_id,changes,hash");
  // The export itself, too, as soon as it is heard of.
  await expect(rows(page)).toHaveCount(csv.length - 1);
  await page.goto(`${world.base}/audit?about=list`);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Exported the list Audit log");
  await expect(rows(page)).toContainText("q=anna");
  const end = await page.locator(".log-end code").innerText();
  expect(world.muster("audit", "verify", "--noted", end)).toContain("is whole");
  expect(world.json("audit", "verify")).toMatchObject({ whole: true, logs: [{ fault: null }] });
  expect(found).toEqual([]);
});

test("an auditor reads the log, an operator does not", async ({ page, browser }) => {
  await world.signUp(page);
  for (const [role, may] of [["auditor", true], ["operator", false]] as const) {
    const { link } = world.json("account", "create", `${role}@northwind.example`, "--name", role, "--role", role);
    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await other.getByLabel("New password").fill("long enough 2");
    await other.getByRole("button").first().click();
    await other.goto(`${world.base}/audit`);
    await ready(other);
    await expect(rows(other).first()).toBeVisible({ visible: may });
    expect((await other.request.get(`${world.base}/audit.csv`)).status()).toBe(may ? 200 : 403);
  }
});

test("on a phone and in Russian an entry reads in its card, without scrolling aside", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await world.signUp(page);
  world.people(`Анна ${"Петрова-".repeat(8)},anna@northwind.example,Отделение\n`);
  world.muster("settings", "set", "help_contact", "Дежурный, 2400");
  await log(page);
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Русский" }).click();
  await ready(page);
  await expect(page.getByRole("heading", { name: "Журнал действий" })).toBeVisible();
  await rows(page).first().locator("summary").click();
  await expect(rows(page).first()).toContainText("Дежурный, 2400");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
