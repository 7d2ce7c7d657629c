// The dashboard: each number leads to just its rows, live; the period, the table behind the line by the keyboard; addresses that
// filter by what is not known.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { PIXEL, World, problems, ready } from "./world";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let world: World;
test.beforeEach(async () => {
  world = await new World().start();
});
test.afterEach(() => world.stop());

const link = (email: string) => world.muster("invite", email, "--print-link").trim();

/** A company in which people stopped at different steps. */
async function company(page: Page) {
  await world.mailServer();
  world.refuse = (address) => (address.startsWith("dora") ? { code: 550, words: "5.1.1 no such user" } : undefined);
  world.people([
    "Anna Petrova,anna@northwind.example,Ward 1",
    "Boris Ahmed,boris@northwind.example,Ward 1",
    "Clara Klein,clara@northwind.example,Ward 2",
    "Dora Weber,dora@northwind.example,",
    "Emil Novak,emil@northwind.example,",
    "Farah Haddad,,Night",
    "Georg Lindqvist,georg@northwind.example,",
  ].join("\n") + "\n");
  world.agent("anna", "enroll", link("anna@northwind.example"));
  world.agent("georg", "enroll", link("georg@northwind.example"), "--model", "Pixel 9");
  world.agent("georg", "leave");
  link("boris@northwind.example");
  const phone = await page.context().browser()!.newContext({ userAgent: PIXEL });
  const opened = await phone.newPage();
  await opened.goto(link("clara@northwind.example"));
  await opened.waitForTimeout(3500);
  await phone.close();
  world.muster("invite", "dora@northwind.example");
  await world.signUp(page);
  await expect(page.getByRole("row").filter({ hasText: "Dora Weber" })).toContainText("Failed", { timeout: 30_000 });
}

const panel = (page: Page, name: string) => page.getByRole("region", { name });
const steps = (page: Page) => panel(page, "From message to connected").locator(".step .num");

async function open(page: Page, path = "/dashboard") {
  await page.goto(`${world.base}${path}`);
  await ready(page);
}

/** How many rows a list says that it has, and how many it shows. */
async function rows(page: Page): Promise<number> {
  await expect(page.locator(".foot .num").first()).toBeVisible();
  const text = (await page.locator(".foot .num").first().textContent())!;
  const total = Number(text.replace(/.* /, "").replace(/\D/g, ""));
  await expect(page.locator("main tbody tr")).toHaveCount(total);
  return total;
}

test("every number leads to just the rows that it counts, which leave as a file as they are", async ({ page }) => {
  test.setTimeout(150_000);
  const found = problems(page);
  await company(page);
  await page.getByRole("navigation", { name: "Muster" }).getByRole("link", { name: "Dashboard" }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page).toHaveTitle(/Dashboard/);
  await expect(steps(page)).toHaveText(["4 100 %", "3 75 %", "2 50 %", "2 50 %"]);
  await expect(page.locator(".stops a")).toHaveText(["Sent, not opened since 1", "Opened, not started 1", "Mail refused 1"]);
  await expect(page.locator(".big")).toContainText("1");
  await expect(page.locator(".kinds a")).toHaveText(["1 OK", "0 warning", "0 critical"]);
  const numbers = await page.locator(".funnel a, .stops a, .big a, .kinds a, .platforms a").evaluateAll((links) =>
    links.map((a) => ({ href: a.getAttribute("href")!, n: Number((a.querySelector("b") ?? a).textContent!.match(/\d+/)![0]) })));
  expect(numbers.length).toBe(4 + 3 + 1 + 3 + 1);
  for (const { href, n } of numbers) {
    await page.locator(`main a[href="${href}"]`).click();
    await expect(page).toHaveURL(`${world.base}${href}`);
    await expect.poll(() => rows(page), { message: href }).toBe(n);
    const [path, query] = href.split("?");
    const csv = await page.evaluate(async (at) => (await fetch(at)).text(), `${path}.csv?${query}`);
    expect(csv.trim().split("\n").length - 1, href).toBe(n);
    await page.goBack();
    await expect(steps(page)).toHaveCount(4);
  }
  // The messages that wait, as many as are said; sent again from there, nobody gets a second link.
  await expect(page.getByText("3 messages wait: their links are open, and their people have no device yet.")).toBeVisible();
  await page.getByRole("link", { name: "Remind them" }).click();
  await expect(page).toHaveURL(`${world.base}/invitations?waiting=1`);
  await expect.poll(() => rows(page)).toBe(3);
  await expect(page.locator("td .name-2")).toHaveText(["Dora Weber", "Clara Klein", "Boris Ahmed"]);
  await expect(page.locator(".chips .chip")).toContainText("Open link, person without a device");
  const waiting = await page.evaluate(async () => (await fetch("/invitations.csv?waiting=1")).text());
  expect(waiting.trim().split("\n").length - 1).toBe(3);
  await page.goBack();
  // Who waits longest, in the order in which they wait.
  const longest = panel(page, "Waiting longest").getByRole("listitem");
  await expect(longest.locator(".name")).toHaveText(["Boris Ahmed", "Clara Klein", "Dora Weber"]);
  await expect(longest.locator(".sub")).toHaveText(["Link given out, never opened", "Opened, never started", "Mail was refused"]);
  await panel(page, "Waiting longest").getByRole("link", { name: "Everybody with a message and no device" }).click();
  await expect(page.locator("td .name")).toHaveText(["Boris Ahmed", "Clara Klein", "Dora Weber", "Georg Lindqvist"]);
  await page.goBack();
  await longest.getByRole("link", { name: "Clara Klein" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Clara Klein");
  await page.goBack();
  // What needs doing.
  const todo = panel(page, "What needs doing");
  await expect(todo.getByRole("listitem")).toHaveText([/The mail server refused 1 message\./, /1 device has left and is still listed\./]);
  await todo.getByRole("link").first().click();
  await expect(page.locator("main tbody tr")).toHaveCount(1);
  await expect(page.locator("main tbody tr")).toContainText("Dora Weber");
  // The chip says what the list is filtered by, and takes it away.
  await open(page);
  await page.locator(".step").nth(1).click();
  await expect(page.locator(".chip")).toHaveText([/Made since \d+ \w+×/, /Opened, or further×/]);
  await expect(page.getByRole("navigation", { name: "State" }).getByRole("link", { name: /^All/ })).toHaveText("All3");
  await page.getByRole("button", { name: "Do not filter by Opened, or further" }).click();
  await expect(page).toHaveURL(/\/invitations\?since=\d+$/);
  await expect(page.locator("main tbody tr")).toHaveCount(5);
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page).toHaveURL(/\/invitations$/);
  expect(found).toEqual([]);
});

test("whoever is reminded gets the same link again, and whoever asks for a new one still waits longest", async ({ page }) => {
  const found = problems(page);
  await world.mailServer();
  world.people("Anna Petrova,anna@northwind.example,\nBoris Ahmed,boris@northwind.example,\n");
  const ended = world.muster("invite", "anna@northwind.example", "--print-link", "--expires-in", "1s").trim();
  await page.waitForTimeout(1500);
  const phone = await (await page.context().browser()!.newContext({ userAgent: PIXEL })).newPage();
  await phone.goto(ended);
  await phone.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(phone.getByRole("button", { name: "Ask for a new link" })).toHaveCount(0);
  link("boris@northwind.example");
  await world.signUp(page);
  await open(page);
  const longest = panel(page, "Waiting longest").getByRole("listitem");
  await expect(longest.locator(".name")).toHaveText(["Anna Petrova", "Boris Ahmed"]);
  await expect(longest.locator(".sub")).toHaveText(["Asks for a new link", "Link given out, never opened"]);
  await expect(panel(page, "What needs doing")).toContainText("1 request for a new link.");
  await page.getByRole("link", { name: "Remind them" }).click();
  // The mark of an ended link comes within a minute; until then it is among them.
  await expect(page.locator("td .name-2").first()).toHaveText("Boris Ahmed");
  await page.getByRole("checkbox", { name: "Select Boris Ahmed" }).check();
  await page.locator(".strip").getByRole("button", { name: "Send again" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Send 1 again" }).click();
  await expect(page.locator(".job .line")).toHaveText("1 done");
  await world.mail(1);
  expect(world.json("invitations", "list")).toHaveLength(2);
  // A second message to Anna answers her.
  await page.getByRole("navigation", { name: "Muster" }).getByRole("link", { name: "Users" }).click();
  await page.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
  await page.locator("#send").click();
  await page.getByRole("dialog").getByRole("button", { name: "Send 1 message" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await open(page);
  await expect(longest.locator(".sub").first()).toHaveText("Not sent yet");
  await expect(page.getByText("request for a new link")).toHaveCount(0);
  expect(found).toEqual([]);
});

test("the first steps are ticked off one by one, and figures change by themselves while one reads on", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await open(page);
  const first = panel(page, "First steps");
  await expect(first.getByRole("link")).toHaveText(["Set the public address", "Set a mail server", "Import people", "Send instructions"]);
  await expect(page.getByText("No message was sent in this period.")).toBeVisible();
  await expect(page.getByText("No device connected in this period.")).toBeVisible();
  await expect(page.getByText("Nobody waits.")).toBeVisible();
  world.people("Anna Petrova,anna@northwind.example,\nBoris Ahmed,boris@northwind.example,\n");
  await expect(first.getByRole("link")).toHaveText(["Set the public address", "Set a mail server", "Send instructions"]);
  const anna = link("anna@northwind.example");
  link("boris@northwind.example");
  await expect(first.getByRole("link")).toHaveText(["Set the public address", "Set a mail server"]);
  await expect(steps(page)).toHaveText(["2 100 %", "0 0 %", "0 0 %", "0 0 %"]);
  await page.locator(".step").nth(3).focus();
  world.agent("anna", "enroll", anna);
  await expect(steps(page)).toHaveText(["2 100 %", "1 50 %", "1 50 %", "1 50 %"], { timeout: 4000 });
  await expect(page.locator(".step").nth(3)).toBeFocused();
  await expect(page.locator(".big")).toContainText("1");
  await expect(page.getByRole("img", { name: /^1 device connected from/ })).toBeVisible();
  await world.mailServer();
  world.muster("settings", "set", "public_url", "https://muster.northwind.example");
  await expect(first).toHaveCount(0);
  await expect(page.getByText("Nothing needs doing.")).toBeVisible();
  expect(found).toEqual([]);
});

test("the period is chosen and the table behind the line opened by the keyboard; each day leads to its devices", async ({ page }) => {
  const found = problems(page);
  world.people("Anna Petrova,anna@northwind.example,\n");
  world.agent("anna", "enroll", link("anna@northwind.example"));
  await world.signUp(page);
  await open(page);
  await page.locator("#period").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Last 7 days" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?days=7$/);
  await expect(page.locator("#period")).toContainText("Last 7 days");
  await expect(page.getByRole("link", { name: "Last 30 days" })).toBeHidden();
  await page.locator(".chart-table summary").focus();
  await page.keyboard.press("Enter");
  const table = page.locator(".chart-table tbody tr");
  await expect(table).toHaveCount(7);
  await expect(table.first().locator("td")).toHaveText("1");
  await expect(table.last().locator("td")).toHaveText("0");
  await table.first().getByRole("link").click();
  await expect(page.locator(".chips .chip")).toContainText(/Connected on \d+ \w+/);
  await expect(page.locator("main tbody tr")).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL(/\?days=7$/);
  // What is no period is the usual one.
  await open(page, "/dashboard?days=1%27");
  await expect(page.locator("#period")).toContainText("Last 14 days");
  expect(found).toEqual([]);
});

test("it reads without a script, and its days are those of the browser's zone", async ({ browser }) => {
  world.people("Anna Petrova,anna@northwind.example,\n");
  world.agent("anna", "enroll", link("anna@northwind.example"));
  const page = await (await browser.newContext({ timezoneId: "Pacific/Kiritimati" })).newPage();
  await world.signUp(page);
  await open(page);
  const days = () => page.locator(".chart-table tbody th").allTextContents();
  const there = new Date(Date.now() + 14 * 3_600_000).getUTCDate();
  expect(Number((await days())[0].split(" ")[0])).toBe(there);
  const cookies = await page.context().cookies();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  await plain.addCookies(cookies);
  const read = await plain.newPage();
  await read.goto(`${world.base}/dashboard`);
  await expect(steps(read)).toHaveText(["1 100 %", "1 100 %", "1 100 %", "1 100 %"]);
  expect(await read.locator(".chart-table tbody th").allTextContents()).toEqual(await days());
  await read.locator("#period").click();
  await read.getByRole("link", { name: "Last 90 days" }).click();
  await expect(read.locator(".chart-table tbody tr")).toHaveCount(90);
  await plain.close();
});

test("an address that filters by what is not known says so, and so does a group that is gone", async ({ page }) => {
  const found = problems(page);
  world.people("Anna Petrova,anna@northwind.example,Ward 1\nBoris Ahmed,boris@northwind.example,Night\n");
  world.agent("anna", "enroll", link("anna@northwind.example"));
  await world.signUp(page);
  for (const path of ["/users?status=nonsense", "/users?message=1%27%20OR%201", "/invitations?state=x", "/invitations?reached=all", "/invitations?since=yesterday", "/invitations?waiting=yes", "/devices?status=5", "/devices?connected=perhaps", "/devices?owner=me"]) {
    await open(page, path);
    await expect(page.getByText("This address filters by something that Muster does not know."), path).toBeVisible();
    await expect(page.locator("main tbody tr"), path).toHaveCount(0);
    const [list, query] = path.split("?");
    expect(await page.evaluate(async (at) => (await fetch(at)).status, `${list}.csv?${query}`)).toBe(400);
    await page.getByRole("link", { name: "Show all", exact: true }).click();
    await expect(page).toHaveURL(`${world.base}${list}`);
    await expect(page.locator("main tbody tr").first(), path).toBeVisible();
    await expect(page.getByText("This address filters by")).toBeHidden();
  }
  await open(page, "/users?group=Ward%209");
  await expect(page.getByText("There is no group of this name: Ward 9. It was renamed or deleted.")).toBeVisible();
  await page.getByRole("link", { name: "Show all people" }).click();
  await expect(page.locator("td .name")).toHaveCount(2);
  await open(page, "/users?group=night");
  await expect(page.locator("td .name")).toHaveText(["Boris Ahmed"]);
  await expect(page.getByText("There is no group")).toBeHidden();
  const other = await page.context().newPage();
  await open(other, "/groups");
  await other.getByRole("button", { name: "Delete Night" }).click();
  await other.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("There is no group of this name: night.")).toBeVisible();
  // 400 is what the export of such an address answers.
  expect(found.filter((line) => !line.includes("400 (Bad Request)"))).toEqual([]);
});

test("in both languages and themes nothing is wider than a phone and axe finds nothing", async ({ browser }) => {
  test.setTimeout(150_000);
  const page = await (await browser.newContext({ bypassCSP: true })).newPage();
  const found = problems(page);
  await company(page);
  for (const language of ["en", "ru"]) {
    await page.context().addCookies([{ name: "muster_language", value: language, url: world.base }]);
    await page.setExtraHTTPHeaders({ "accept-language": language });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await open(page, "/dashboard?days=30");
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(`(() => { ${AXE} })()`);
        const bad = await page.evaluate(async () => {
          const axe = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> } }).axe;
          const { violations } = await axe.run({ resultTypes: ["violations"] });
          return violations.filter((v) => v.impact !== "minor").map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
        });
        expect(bad, `${language} ${width} ${colorScheme}`).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      // All entries of the bar have room for their words.
      const cut = await page.locator(".side > a > span").evaluateAll((all) => all.filter((s) => s.scrollWidth > s.parentElement!.clientWidth).map((s) => s.textContent));
      expect(cut, `${language} ${width}`).toEqual([]);
    }
  }
  expect(found).toEqual([]);
});
