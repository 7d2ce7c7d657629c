// Manners: what stands there while one waits, what is said when something fails, where the focus and the page stay,
// paper, and a browser without scripts.
import { execFileSync } from "node:child_process";
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";
import { join } from "node:path";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const ANNA = "Anna Petrova,anna@northwind.example,Ward 3\n";
const many = (n: number) => [...Array(n).keys()].map((i) => `Person ${String(i).padStart(3, "0")},p${i}@northwind.example,Ward ${i % 7}\n`).join("");

/** Answers of these functions take their time. */
async function slow(page: Page, ms: number) {
  await page.route("**/api/fn/**", async (route) => {
    await new Promise((done) => setTimeout(done, ms));
    await route.continue().catch(() => undefined);
  });
}

test("while rows are on their way, bars hold their place, and nothing jumps", async ({ page }) => {
  world.people(many(60));
  await world.signUp(page);
  await page.evaluate(() => {
    (window as unknown as { shifts: number }).shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number }[]) (window as unknown as { shifts: number }).shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const shifts = () => page.evaluate(() => (window as unknown as { shifts: number }).shifts);
  await page.waitForTimeout(1500);
  await slow(page, 700);
  for (const [name, heading] of [["Devices", "Devices"], ["Dashboard", "Dashboard"], ["Users", "Users"]]) {
    await page.locator(".side").getByRole("link", { name: new RegExp(`^${name}`) }).click();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(1);
    await expect(page.locator(".skeleton")).toHaveCount(0, { timeout: 10_000 });
    await page.waitForTimeout(300);
    const moved = await shifts();
    console.log(`layout shift up to ${name}: ${moved.toFixed(4)}`);
    expect(moved).toBeLessThan(0.05);
  }
});

test("what fails has a reference: the page shows it and copies it, the header and the log have it", async ({ browser }) => {
  world.people(ANNA);
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await world.signUp(page);
  await page.route("**/api/fn/devices_list**", (route) =>
    route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ failed: { reference: "7F3K-2A9C" } }) }),
  );
  await page.locator(".side").getByRole("link", { name: /^Devices/ }).click();
  const alert = page.locator("main").getByRole("alert");
  await expect(alert).toContainText("tell your administrator the reference");
  await expect(alert).toContainText("7F3K-2A9C");
  await alert.getByRole("button", { name: "Copy the reference" }).click();
  await expect(page.getByText("Reference copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("7F3K-2A9C");
  // A lost connection, and a proxy without its server, are said in their own words, without a reference.
  for (const answer of ["abort", "proxy"]) {
    await page.route("**/api/fn/invitations_list**", (route) =>
      answer === "abort" ? route.abort() : route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }),
    );
    await page.locator(".side").getByRole("link", { name: /^Users/ }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
    await page.locator(".side").getByRole("link", { name: /^Invitations/ }).click();
    await expect(page.locator("main").getByRole("alert")).toHaveText(/^Muster cannot be reached. What you see may be old/);
    await page.unroute("**/api/fn/invitations_list**");
  }
  // A server that fails indeed.
  const database = join(world.folder, "data", "muster.db");
  execFileSync("python3", ["-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('ALTER TABLE user_group RENAME TO lost')", database]);
  const answer = await page.request.post(`${world.base}/api/fn/groups_list`, { data: {}, headers: { "sec-fetch-site": "same-origin" } });
  expect(answer.status()).toBe(500);
  const id = answer.headers()["x-request-id"];
  expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(await answer.json()).toEqual({ failed: { reference: id } });
});

test("a filter that is removed leaves the focus with the next one, the last with the search", async ({ page }) => {
  world.people(many(120));
  const found = problems(page);
  await world.signUp(page);
  // A chip that is removed leaves the focus with the next one, the last one with the search.
  await page.goto(`${world.base}/users?message=never&devices=0&address=yes`);
  await ready(page);
  const chips = page.locator(".chip");
  await expect(chips).toHaveCount(3);
  const second = await chips.nth(1).textContent();
  await chips.nth(0).getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(chips).toHaveCount(2);
  await expect(chips.nth(0)).toHaveText(second!);
  await expect(chips.nth(0).getByRole("button")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chips).toHaveCount(1);
  await expect(chips.nth(0).getByRole("button")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("searchbox")).toBeFocused();
  expect(found).toEqual([]);
});

test("Back leads to the same place of a list", async ({ page }) => {
  world.people(many(120));
  await world.signUp(page);
  // Back to the place of a list.
  const link = page.getByRole("link", { name: "Person 040", exact: true });
  await link.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  expect(before).toBeGreaterThan(200);
  await page.waitForTimeout(300);
  await slow(page, 300);
  await link.click();
  await expect(page.getByRole("heading", { name: "Person 040" })).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(link).toBeVisible();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
});

test("a row that goes leaves the focus with the row beside it, and a dialog that is left with what opened it", async ({ page }) => {
  world.people("Anna,anna@northwind.example,Ward 1\nBoris,boris@northwind.example,Ward 2\nCleo,cleo@northwind.example,Ward 3\n");
  await world.signUp(page);
  await page.goto(`${world.base}/groups`);
  await ready(page);
  const remove = page.getByRole("button", { name: "Delete Ward 2" });
  await remove.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(remove).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("row", { name: /Ward 2/ })).toHaveCount(0);
  await expect(page.getByRole("row", { name: /Ward 3/ }).locator(":focus")).toHaveCount(1);
});

test("what cannot be pressed while it is being saved has the focus again afterwards", async ({ page }) => {
  world.people(ANNA);
  await world.signUp(page);
  const focused = (name: string) => page.getByRole("button", { name, exact: true });
  await page.goto(`${world.base}/message`);
  await ready(page);
  await slow(page, 800);
  await page.getByRole("textbox", { name: "Headline" }).fill("Your phone, {{name}}");
  await focused("Save").focus();
  await page.keyboard.press("Enter");
  await expect(focused("Save")).toBeDisabled();
  await expect(focused("Save")).toBeFocused();
  await page.unroute("**/api/fn/**");
  await page.goto(`${world.base}/import?from=paste`);
  await ready(page);
  await slow(page, 800);
  await page.getByRole("textbox").first().fill("cleo@northwind.example");
  await focused("Read").focus();
  await page.keyboard.press("Enter");
  await expect(focused("Read")).toBeDisabled();
  // What it was pressed for goes on behind it: the line that says what was found.
  await expect(page.locator("#import-found")).toContainText("1 person found");
  await expect(page.locator("#import-found")).toBeFocused();
});

test("who is deleted elsewhere is not ticked any more", async ({ page }) => {
  world.people(many(5));
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select Person 001" }).check();
  await page.getByRole("checkbox", { name: "Select Person 002" }).check();
  await expect(page.getByText("2 people selected")).toBeVisible();
  const id = world.json("users", "list").find((u: { name: string }) => u.name === "Person 001").id;
  const status = await page.evaluate(
    async (id) => (await fetch("/api/fn/user_delete", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id }) })).status,
    id,
  );
  expect(status).toBe(200);
  await expect(page.getByText("1 person selected")).toBeVisible();
});

test("nothing here yet: what to do first for who may, and for an auditor who does it", async ({ browser, page }) => {
  await world.signUp(page);
  const steps = page.locator(".empty .steps").getByRole("link");
  await expect(steps).toHaveText(["Set the public address", "Set a mail server", "Import people", "Send instructions"]);
  for (const [step, path] of ["/settings", "/settings", "/import", "/guide/send"].entries()) await expect(steps.nth(step)).toHaveAttribute("href", path);
  await page.goto(`${world.base}/devices`);
  await expect(page.locator(".empty").getByRole("link", { name: "Choose people" })).toHaveAttribute("href", "/users?message=never");
  const { link } = world.json("account", "create", "audit@northwind.example", "--name", "Audit", "--role", "auditor");
  const auditor = await (await browser.newContext()).newPage();
  const found = problems(auditor);
  await auditor.goto(link);
  await auditor.getByLabel("New password").fill("long enough 2");
  await auditor.getByRole("button", { name: "Set password" }).click();
  await ready(auditor);
  for (const path of ["/users", "/groups", "/devices", "/invitations"]) {
    await auditor.goto(`${world.base}${path}`);
    await expect(auditor.locator(".empty b"), path).toBeVisible();
    await expect(auditor.locator(".empty a, .empty button"), path).toHaveCount(0);
  }
  await auditor.goto(`${world.base}/import`);
  await ready(auditor);
  await expect(auditor.getByText("Administrators import people.")).toBeVisible();
  await expect(auditor.locator("main input, main textarea")).toHaveCount(0);
  await auditor.keyboard.press("Control+k");
  await expect(auditor.locator(".palette [role=option]", { hasText: "Audit log" }).first()).toBeVisible();
  for (const words of ["Send instructions to…", "Add person", "Import people", "Settings", "Invite a colleague"]) {
    await expect(auditor.locator(".palette [role=option]", { hasText: words }), words).toHaveCount(0);
  }
  expect(found).toEqual([]);
});

test("without scripts every page is read, and one signs in", async ({ browser }) => {
  world.people(ANNA);
  const first = await browser.newPage();
  await world.signUp(first);
  await first.close();
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(`${world.base}/login`);
  await page.getByLabel("E-mail").fill("rosa@northwind.example");
  await page.getByLabel("Password").fill("long enough 1");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("link", { name: "Anna Petrova" })).toBeVisible();
  for (const path of ["/dashboard", "/users", "/groups", "/import", "/devices", "/invitations", "/accounts", "/account", "/audit", "/settings", "/message", "/mails"]) {
    const answer = await page.goto(`${world.base}${path}`);
    expect(answer!.status(), path).toBe(200);
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    await expect(page.locator("noscript p"), path).toContainText("JavaScript");
    await expect(page.locator(".skeleton"), path).toHaveCount(0);
  }
  // What is asked by the browser alone keeps no form from the page.
  await page.goto(`${world.base}/settings`);
  await expect(page.getByLabel("Name", { exact: true })).toBeVisible();
  await page.goto(`${world.base}/users`);
  await page.getByRole("link", { name: "Anna Petrova" }).click();
  await expect(page.getByRole("heading", { name: "Anna Petrova" })).toBeVisible();
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(/\/login$/);
});

test("on paper a list has its rows and columns and nothing to press", async ({ page }) => {
  world.people(many(30));
  await world.signUp(page);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".side")).toBeHidden();
  await expect(page.getByRole("button", { name: "Send instructions" })).toBeHidden();
  await expect(page.getByRole("searchbox")).toBeHidden();
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Last seen" })).toBeVisible();
  // Whose list it is and of when, which the page on the screen need not say.
  await expect(page.locator(".paper")).toHaveText(/ · \d+ \w+ \d{4}, \d\d:\d\d$/);
  // The paper is white, whatever the theme.
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
});
