// People in: files in two steps, pasted tables, pasted addresses; and lists out as CSV.
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

// As Excel writes it in Russia: Windows-1251 and semicolons.
const WINDOWS_1251 = Buffer.concat([
  Buffer.from([0xd4, 0xc8, 0xce]), Buffer.from(";"), Buffer.from([0xcf, 0xee, 0xf7, 0xf2, 0xe0]), Buffer.from(";"), Buffer.from([0xce, 0xf2, 0xe4, 0xe5, 0xeb]), Buffer.from("\r\n"),
  Buffer.from([0xc0, 0xed, 0xed, 0xe0, 0x20, 0xcf, 0xe5, 0xf2, 0xf0, 0xee, 0xe2, 0xe0]), Buffer.from(";anna@northwind.example;"), Buffer.from([0xd5, 0xe8, 0xf0, 0xf3, 0xf0, 0xe3, 0xe8, 0xff]), Buffer.from("\r\n"),
  Buffer.from([0xc1, 0xee, 0xf0, 0xe8, 0xf1]), Buffer.from(";not an address;\r\n"),
]);

async function open(page: Page) {
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Import people" })).toBeVisible();
}

test("a file from Excel is read in its encoding, a bad row is explained and left out, and the rest imported", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await open(page);
  await page.locator("#import-file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: WINDOWS_1251 });
  await expect(page.getByText("1 person: 1 new")).toBeVisible();
  await expect(page.getByLabel("Encoding")).toHaveValue("3");
  await expect(page.getByText("New groups: Хирургия")).toBeVisible();
  await expect(page.getByText("1 row cannot be imported")).toBeVisible();
  await expect(page.getByText("address “not an address” is no e-mail address")).toBeVisible();
  await expect(page.getByRole("button", { name: "Import 1 person" })).toBeDisabled();
  await page.getByRole("button", { name: "Leave out line 3" }).click();
  await expect(page.getByText("1 row is left out.")).toBeVisible();
  await page.getByRole("button", { name: "Take them in again" }).click();
  await page.getByRole("button", { name: "Leave out 1 row" }).click();
  await page.getByRole("button", { name: "Import 1 person" }).click();
  await expect(page.getByText("1 person was added")).toBeVisible();
  await page.getByRole("link", { name: "Show who was never invited" }).click();
  await expect(page.locator("td .name")).toHaveText(["Анна Петрова"]);
  await expect(page.locator("td.groups")).toHaveText(["Хирургия"]);
  expect(found).toEqual([]);
});

test("columns are mapped by hand, who is there is updated, and a spreadsheet's own file is refused in words", async ({ page }) => {
  const found = problems(page);
  world.people("Anna Petrova,anna@northwind.example,Ward 3\n");
  await world.signUp(page);
  await open(page);
  await page.locator("#import-file").setInputFiles({ name: "people.xlsx", mimeType: "text/csv", buffer: Buffer.from("PK\u0003\u0004 and so on") });
  await expect(page.getByRole("alert").filter({ hasText: "spreadsheet’s own file" })).toBeVisible();
  await page.getByRole("button", { name: "Another file" }).click();
  const csv = "who,where\nAnna P. Petrova,anna@northwind.example\nBoris Ahmed,boris@northwind.example\n";
  await page.locator("#import-file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByText("2 people: 1 new, 1 already there")).toBeVisible();
  await page.getByLabel("Meaning of who").selectOption("Not imported");
  await expect(page.getByText("2 people: 1 new, 1 already there")).toBeVisible();
  await page.getByLabel("Meaning of where").selectOption("Not imported");
  await expect(page.getByRole("button", { name: /^Import/ }).last()).toBeDisabled();
  await page.getByLabel("Meaning of where").selectOption("E-mail");
  await page.getByLabel("Meaning of who").selectOption("Name");
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await expect(page.getByText("1 person was added")).toBeVisible();
  await expect(page.getByText("1 was there already")).toBeVisible();
  const users = world.json("users", "list");
  expect(users.map((u: { name: string; groups: string[] }) => [u.name, u.groups])).toEqual([["Anna P. Petrova", ["Ward 3"]], ["Boris Ahmed", []]]);
  expect(found).toEqual([]);
});

test("a table copied from a spreadsheet is pasted, and 20,000 rows are imported while the page tells how far it is", async ({ page }) => {
  test.setTimeout(120_000);
  const found = problems(page);
  await world.signUp(page);
  await open(page);
  await page.getByLabel("Or paste a table from a spreadsheet").fill("Name\tMail\nAnna Petrova\tanna@northwind.example\n");
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await expect(page.getByText("1 person: 1 new")).toBeVisible();
  await page.getByRole("button", { name: "Another file" }).click();
  const rows = Array.from({ length: 20_000 }, (_, n) => `Person ${n},p${n}@northwind.example,Ward ${n % 9}`);
  await page.locator("#import-file").setInputFiles({ name: "all.csv", mimeType: "text/csv", buffer: Buffer.from(`name,email,groups\n${rows.join("\n")}\n`) });
  await expect(page.getByText("20,000 people: 20,000 new")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Import 20,000 people" }).click();
  await expect(page.getByText(/of 20,000 written/)).toBeVisible();
  await expect(page.getByText("20,000 people were added")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "Show the list" }).click();
  await expect(page.getByText("1–50 of 20,000")).toBeVisible();
  expect(found).toEqual([]);
});

test("addresses that are pasted become people, with names to correct, and nobody who is there is renamed", async ({ page }) => {
  const found = problems(page);
  world.people("Hana Novák,h.novak@northwind.example,\n");
  await world.signUp(page);
  await open(page);
  await page.getByRole("link", { name: "Paste addresses" }).click();
  await page.locator("#pasted").fill("Anna Petrova <anna@northwind.example>; b.ahmed@northwind.example\nh.novak@northwind.example, broken@\nand somebody else");
  await page.getByRole("button", { name: "Read" }).click();
  await expect(page.getByText("3 people found")).toBeVisible();
  await expect(page.getByLabel("Name of b.ahmed@northwind.example")).toHaveValue("B. Ahmed");
  await expect(page.getByText("Made of the address: have a look")).toHaveCount(1);
  await expect(page.getByText("Already there as Hana Novák; stays as it is")).toBeVisible();
  await expect(page.getByText("This is no address:")).toBeVisible();
  await expect(page.getByText("This belongs to no address and is not imported:")).toBeVisible();
  await page.getByLabel("Name of b.ahmed@northwind.example").fill("Boris Ahmed");
  await page.getByLabel("All of them join these groups").fill("Pilot, Ward 1");
  await page.getByRole("button", { name: "Add 2 people" }).click();
  await expect(page.getByText("2 people were added")).toBeVisible();
  const users = world.json("users", "list");
  expect(users.map((u: { name: string }) => u.name)).toEqual(["Anna Petrova", "Boris Ahmed", "Hana Novák"]);
  for (const user of users) expect(user.groups).toEqual(["Pilot", "Ward 1"]);
  expect(found).toEqual([]);
});

test("a list leaves as CSV with just the rows that it shows, and comes back as it was", async ({ page }) => {
  world.people("Anna Petrova,anna@northwind.example,Ward 3;Night\n=1+1,x@northwind.example,Night\nBoris Ahmed,boris@northwind.example,\n");
  await world.signUp(page);
  await page.goto(`${world.base}/users?group=Night&desc=1`);
  await ready(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export as CSV" }).click()]);
  expect(download.suggestedFilename()).toBe("users.csv");
  const file = join(world.folder, "out.csv");
  await download.saveAs(file);
  const lines = readFileSync(file, "utf8").replace("\u{FEFF}", "").trim().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^Anna Petrova,anna@northwind.example,/);
  expect(lines[2]).toMatch(/^'=1\+1,/);
  const again = await new World().start();
  try {
    const copy = join(again.folder, "in.csv");
    writeFileSync(copy, readFileSync(file));
    again.muster("users", "import", copy);
    const users = again.json("users", "list").map((u: { name: string; groups: string[] }) => [u.name, u.groups]);
    expect(users).toEqual([["=1+1", ["Night"]], ["Anna Petrova", ["Night", "Ward 3"]]]);
  } finally {
    again.stop();
  }
  // Each list that there is: a link without a file behind it would be found here.
  world.muster("account", "invite", "nina@northwind.example", "--role", "operator");
  for (const list of ["groups", "devices", "invitations", "accounts", "mails", "audit"]) {
    await page.goto(`${world.base}/${list}`);
    await ready(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export as CSV" }).click()]);
    expect(download.suggestedFilename()).toBe(`${list}.csv`);
    const file = join(world.folder, `${list}.csv`);
    await download.saveAs(file);
    const text = readFileSync(file, "utf8");
    expect(text, list).toMatch(/^\u{FEFF}[a-z_]+,/u);
    if (list === "accounts") {
      expect(text).toMatch(/\r?\nRosa Klein,rosa@northwind.example,owner,member,2\d{3}-/);
      expect(text).toMatch(/\r?\n,nina@northwind.example,operator,invited,,2\d{3}-/);
    }
  }
  // Who may not, and an address that asks for what is not known, read a page that says so.
  const odd = await page.goto(`${world.base}/users.csv?devices=9`);
  expect(odd!.status()).toBe(400);
  await expect(page.getByRole("heading", { name: "This address filters by something that Muster does not know" })).toBeVisible();
});

test("on a phone people are imported too", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await world.signUp(page);
  await page.goto(`${world.base}/import`);
  await ready(page);
  await page.locator("#import-file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("name,email,groups,phone,room\nAnna,anna@northwind.example,Ward 1,1,2\n") });
  await expect(page.getByText("1 person: 1 new")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: "Import 1 person" }).click();
  await expect(page.getByText("1 person was added")).toBeVisible();
});
