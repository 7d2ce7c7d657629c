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
  // In the list of what has to be mended, and in its row.
  await expect(page.getByText("address “not an address” is no e-mail address")).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Import 1 person" })).toBeDisabled();
  await expect(page.getByText("1 row has to be mended or left out first")).toBeVisible();
  await page.locator("#bad-3").click();
  await expect(page.getByText("1 row is left out.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Import 1 person" })).toBeFocused();
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
  await expect(page.getByText("Pasted table", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Another table" }).click();
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

test("what becomes of who is there is told before, an empty cell changes nothing, and groups are added or replaced", async ({ page }) => {
  const found = problems(page);
  world.people("Ada Larsen,ada.larsen@northwind.example,Pharmacy\nAda Bauer,ada.bauer@northwind.example,Регистратура\n");
  await world.signUp(page);
  await open(page);
  await page.getByLabel("Or paste a table from a spreadsheet").fill("name,email,groups\nAda Larsen,ada.larsen@northwind.example,\nA. Bauer,ada.bauer@northwind.example,Surgery\n,noname@new.example,\n");
  await page.getByRole("button", { name: "Read", exact: true }).click();
  const summary = page.locator("#import-found");
  await expect(summary).toContainText("3 people: 1 new, 2 already there");
  await expect(summary).toContainText("Of who is there: renamed 1 · joining groups 1 · unchanged 1");
  await expect(summary).toBeFocused();
  const row = (line: number) => page.locator(`tr:has(#row-${line})`);
  await expect(row(2)).toContainText("Stays as it is");
  await expect(row(3)).toContainText("Renamed: Ada Bauer → A. Bauer");
  await expect(row(3)).toContainText("Joins Surgery");
  await expect(row(3)).not.toContainText("Leaves");
  const made = page.getByLabel("Name of noname@new.example");
  await expect(made).toHaveValue("Noname");
  await expect(row(4)).toContainText("Made of the address: have a look");
  await made.fill("Noemi Name");
  await made.press("Tab");
  await expect(row(4)).toContainText("New");
  await expect(row(4)).not.toContainText("have a look");
  await page.getByLabel("Groups of the file").selectOption("Replace those that people are in");
  await expect(summary).toContainText("renamed 1 · joining groups 1 · leaving groups 1 (Регистратура) · unchanged 1");
  await expect(row(3)).toContainText("Leaves Регистратура");
  await page.getByRole("button", { name: "Updates 1" }).click();
  await expect(page.locator(".rows tbody tr")).toHaveCount(1);
  await page.getByRole("button", { name: "Names made 1" }).click();
  await expect(page.locator(".rows tbody tr td").nth(2)).toHaveText("noname@new.example");
  await expect(made).toHaveValue("Noemi Name");
  await page.getByLabel("Groups of the file").selectOption("Are added to those that people are in");
  await expect(summary).not.toContainText("leaving");
  await page.getByRole("button", { name: "Import 3 people" }).click();
  await expect(page.getByText("1 person was added")).toBeFocused();
  await expect(page.getByText("1 was there already and is changed")).toBeVisible();
  await expect(page.getByText("1 stays as it was")).toBeVisible();
  const users = world.json("users", "list");
  expect(users.map((u: { name: string; groups: string[] }) => [u.name, u.groups])).toEqual([["A. Bauer", ["Surgery", "Регистратура"]], ["Ada Larsen", ["Pharmacy"]], ["Noemi Name", []]]);
  expect(found).toEqual([]);
});

test("a good row is left out and taken back, and all rows are looked through by their pages", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await open(page);
  const rows = Array.from({ length: 120 }, (_, n) => `Person ${n},p${n}@northwind.example`);
  await page.locator("#import-file").setInputFiles({ name: "all.csv", mimeType: "text/csv", buffer: Buffer.from(`name,email\n${rows.join("\n")}\n`) });
  await expect(page.getByText("1–10 of 120")).toBeVisible();
  await page.getByRole("button", { name: "Look through all rows" }).click();
  await expect(page.getByText("1–50 of 120")).toBeVisible();
  await expect(page.locator(".rows tbody tr")).toHaveCount(50);
  const next = page.getByRole("button", { name: "Next page" });
  await next.click();
  await expect(page.getByText("51–100 of 120")).toBeVisible();
  await expect(next).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("101–120 of 120")).toBeVisible();
  // At the end the way back has the focus.
  await expect(page.getByRole("button", { name: "Previous page" })).toBeFocused();
  await page.getByRole("button", { name: "Leave out line 103" }).click();
  await expect(page.getByRole("button", { name: "Import 119 people" })).toBeVisible();
  const left = page.locator("tr.out");
  await expect(left).toContainText("Person 101");
  await expect(left.locator("td").nth(1)).toHaveCSS("text-decoration-line", "line-through");
  const back = page.getByRole("button", { name: "Take in line 103 again" });
  await expect(back).toBeFocused();
  await page.getByRole("button", { name: "Left out 1" }).click();
  await expect(page.locator(".rows tbody tr")).toHaveCount(1);
  await back.click();
  // None of these is left, so all are shown again.
  await expect(page.getByText("1–50 of 120")).toBeVisible();
  await page.getByRole("button", { name: "Leave out line 2", exact: true }).click();
  await page.getByRole("button", { name: "Import 119 people" }).click();
  await expect(page.getByText("119 people were added")).toBeVisible();
  const names = world.json("users", "list").map((u: { name: string }) => u.name);
  expect(names).toHaveLength(119);
  expect(names).not.toContain("Person 0");
  expect(found).toEqual([]);
});

test("the focus is where one goes on: after reading, after leaving out, at a name that is none, and after all", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await page.goto(`${world.base}/import?from=paste`);
  await ready(page);
  await page.locator("#pasted").fill("q.one@p.example, q.two@p.example, q.three@p.example, q.four@p.example");
  await page.getByRole("button", { name: "Read" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#import-found")).toBeFocused();
  const without = (name: string) => page.getByRole("button", { name: `Without q.${name}@p.example` });
  await without("two").focus();
  await page.keyboard.press("Enter");
  await expect(without("three")).toBeFocused();
  await without("four").focus();
  await page.keyboard.press("Enter");
  await expect(without("three")).toBeFocused();
  await expect(page.getByText("2 people found")).toBeVisible();
  const name = page.getByLabel("Name of q.three@p.example");
  await name.fill(" ");
  await page.getByRole("button", { name: "Add 2 people" }).click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveAccessibleDescription("A name is one line of at most 120 characters.");
  await expect(page.getByText("1 name has to be mended")).toBeVisible();
  await name.fill("Quentin Three");
  await expect(name).toHaveAttribute("aria-invalid", "false");
  await page.getByRole("button", { name: "Add 2 people" }).click();
  await expect(page.getByText("2 people were added")).toBeFocused();
  await page.getByRole("button", { name: "Import more" }).click();
  await page.goto(`${world.base}/import`);
  await ready(page);
  const bad = "name,email\nGood,good@p.example\nBad,no\nWorse,nor this\nWorst,nor that\n";
  await page.locator("#import-file").setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(bad) });
  await expect(page.locator("#import-found")).toBeFocused();
  await page.locator("#bad-4").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#bad-5")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#bad-3")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Import 1 person" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 person was added")).toBeFocused();
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
