// Accounts: colleagues are invited and taken up, roles decide, several workspaces stand apart, and sessions end when they should.
import { readFileSync } from "node:fs";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
  world.people("Anna Petrova,anna@northwind.example,Ward 1\n");
  world.muster("settings", "set", "name", "Northwind Clinics");
});

test.afterEach(() => world.stop());

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const switcher = (page: Page) => page.locator(".side .space");

/** Invites in the console; the link that is shown once. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.getByRole("button", { name: "Invite a colleague" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a colleague" });
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByLabel("Role").selectOption({ label: role });
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = page.getByRole("dialog", { name: `Link for ${email}` });
  await expect(link.getByLabel("Link")).toHaveValue(/\/join\/[\w-]{43}$/);
  const value = await link.getByLabel("Link").inputValue();
  await link.getByRole("button", { name: "Close" }).click();
  return value;
}

async function accounts(page: Page) {
  await page.goto(`${world.base}/accounts`);
  await ready(page);
}

/** A colleague takes a link up as a new account. */
async function join(browser: Browser, link: string, name: string, script = true): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: script });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("New password").fill("long enough 1");
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page).toHaveURL(`${world.base}/users`);
  return page;
}

test("a colleague is invited by a link, takes it up, sees what the role allows, and is signed out when it changes", async ({ page, browser }) => {
  const found = problems(page);
  await world.signUp(page);
  await page.locator("#account").click();
  await page.getByRole("link", { name: "Accounts" }).click();
  await expect(page).toHaveURL(/\/accounts$/);
  await expect(page).toHaveTitle("Accounts · Muster");
  await expect(row(page, "rosa@")).toContainText("you");
  const link = await invite(page, "olga@northwind.example", "Auditor");
  await expect(row(page, "olga@")).toContainText("Link handed over");
  await expect(row(page, "olga@")).toContainText("invited by Rosa Klein");
  const olga = await join(browser, link, "Olga Brandt");
  await expect(page.locator(".team").first().getByRole("row")).toHaveCount(3);
  await expect(row(page, "Olga Brandt")).toContainText("Auditor");
  await expect(page.getByRole("heading", { name: "Invited" })).toBeHidden();
  await ready(olga);
  await expect(olga.getByText("Anna Petrova")).toBeVisible();
  await expect(olga.getByRole("button", { name: "Send instructions" })).toHaveCount(0);
  await olga.goto(`${world.base}/accounts`);
  await ready(olga);
  await expect(olga.getByRole("button", { name: "Invite a colleague" })).toHaveCount(0);
  await expect(olga.getByRole("button", { name: /Remove/ })).toHaveCount(0);
  // Another role: signed out at once, and in again with it.
  await page.getByRole("button", { name: "Change role of Olga Brandt" }).click();
  const dialog = page.getByRole("dialog", { name: "Role of Olga Brandt" });
  await expect(dialog.getByLabel("Role")).toHaveValue("auditor");
  await dialog.getByLabel("Role").selectOption("operator");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row(page, "Olga Brandt")).toContainText("Operator");
  await expect(olga).toHaveURL(/\/login(\?|$)/, { timeout: 8000 });
  await olga.getByLabel("E-mail").fill("olga@northwind.example");
  await olga.getByLabel("Password").fill("long enough 1");
  await olga.getByRole("button", { name: "Sign in" }).click();
  await ready(olga);
  // Back where she was.
  await expect(olga).toHaveURL(/\/accounts$/);
  await olga.goto(`${world.base}/users`);
  await ready(olga);
  await expect(olga.getByRole("button", { name: "Send instructions" })).toBeVisible();
  // Removed: signed out, and in no workspace.
  await page.getByRole("button", { name: "Remove Olga Brandt" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(row(page, "Olga Brandt")).toHaveCount(0);
  await expect(olga).toHaveURL(/\/login(\?|$)/, { timeout: 8000 });
  await olga.getByLabel("E-mail").fill("olga@northwind.example");
  await olga.getByLabel("Password").fill("long enough 1");
  await olga.getByRole("button", { name: "Sign in" }).click();
  await expect(olga.getByRole("alert")).toContainText("in no workspace any more");
  expect(found).toEqual([]);
});

test("an invitation goes by mail, is told when it does not, and works without JavaScript", async ({ page, browser }) => {
  await world.mailServer();
  await world.signUp(page);
  await accounts(page);
  world.refuse = () => ({ code: 550, words: "5.1.1 no such mailbox" });
  await page.getByRole("button", { name: "Invite a colleague" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a colleague" });
  await dialog.getByLabel("E-mail").fill("olga@northwind.example");
  await dialog.getByLabel("Role").selectOption("administrator");
  await dialog.getByLabel("Language").selectOption("ru");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await expect(dialog.getByRole("alert")).toContainText("no such mailbox");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(row(page, "olga@")).toContainText("no such mailbox");
  world.refuse = () => undefined;
  await page.getByRole("button", { name: "Send again to olga@northwind.example" }).click();
  const mail = await world.mail(1);
  await expect(page.getByText("The invitation for olga@northwind.example is sent.")).toBeVisible();
  expect(mail.subject).toContain("Приглашение в Northwind Clinics");
  expect(mail.text).toContain("администратор");
  const link = mail.text!.match(/\S+\/join\/\S+/)![0];
  expect(mail.html).toContain(link);
  const olga = await join(browser, link, "Ольга", false);
  // Without JavaScript too: the page itself, and the switcher's form.
  await expect(olga.getByText("Anna Petrova")).toBeVisible();
  await olga.goto(link);
  await expect(olga.getByRole("heading")).toHaveText("This invitation does not work any more");
  // For another account it is none.
  await accounts(page);
  await page.getByRole("button", { name: "Invite a colleague" }).click();
  await dialog.getByLabel("E-mail").fill("boris@northwind.example");
  await dialog.getByLabel("How the link gets there").selectOption("link");
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await expect(page.locator("#handed")).toHaveValue(/\/join\//);
  const handed = await page.locator("#handed").inputValue();
  await olga.goto(handed);
  await expect(olga.getByRole("alert")).toContainText("You are signed in as olga@northwind.example");
});

test("a second workspace stands apart, the tab that shows the first one writes nothing into it, and one leaves", async ({ page }) => {
  await world.signUp(page);
  await switcher(page).locator("summary").click();
  await page.getByRole("link", { name: "New workspace" }).click();
  await page.getByLabel("Name of the company").fill("Second & Sons");
  const other = await page.context().newPage();
  await other.goto(`${world.base}/users`);
  await ready(other);
  await page.getByRole("button", { name: "Create workspace" }).click();
  await ready(page);
  await expect(switcher(page).locator("summary")).toContainText("Second & Sons");
  await expect(page.getByText("Anna Petrova")).toHaveCount(0);
  // The other tab shows the first one: it is told, and what it does is refused.
  await expect(other.getByText("This page shows the one before it.")).toBeVisible({ timeout: 8000 });
  await other.getByRole("button", { name: "Add person" }).click();
  await other.getByRole("dialog").getByLabel("Name").fill("Astray");
  await other.getByRole("dialog").getByRole("button", { name: /Add|Save/ }).click();
  await expect(other.getByText("This page shows another workspace. Load it again.").first()).toBeVisible();
  await other.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await other.getByRole("link", { name: "Load again" }).click();
  await ready(other);
  await expect(switcher(other).locator("summary")).toContainText("Second & Sons");
  expect(world.json("--workspace", "Second & Sons", "users", "list")).toEqual([]);
  expect(world.json("users", "list")).toHaveLength(1);
  await switcher(page).locator("summary").click();
  await page.getByRole("button", { name: "Northwind Clinics" }).click();
  await ready(page);
  await expect(page.getByText("Anna Petrova")).toBeVisible();
  // The only owner cannot leave; with another one it is asked, and says what is lost.
  await page.goto(`${world.base}/account`);
  await ready(page);
  await expect(page.getByText("You are its only owner.")).toHaveCount(2);
  await expect(page.getByRole("button", { name: /^Leave/ })).toHaveCount(0);
  world.muster("account", "create", "olga@northwind.example", "--role", "owner");
  await page.getByRole("button", { name: "Leave Northwind Clinics" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("You lose your role there, Owner");
  await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
  await expect(switcher(page).locator("summary")).toContainText("Second & Sons", { timeout: 8000 });
});

test("one sees where one is signed in; a new password ends the other sessions", async ({ page, browser }) => {
  await world.signUp(page);
  const elsewhere = async (agent: string) => {
    const context = await browser.newContext({ userAgent: agent });
    const there = await context.newPage();
    await there.goto(`${world.base}/login`);
    await there.getByLabel("E-mail").fill("rosa@northwind.example");
    await there.getByLabel("Password").fill("long enough 1");
    await there.getByRole("button", { name: "Sign in" }).click();
    await ready(there);
    return there;
  };
  const first = await elsewhere("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0");
  const second = await elsewhere("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1");
  await page.locator("#account").click();
  await page.getByRole("link", { name: "Your account" }).click();
  const sessions = page.locator(".panel").filter({ hasText: "Where you are signed in" }).getByRole("listitem");
  await expect(sessions).toHaveCount(3);
  await expect(sessions.first()).toContainText("this browser");
  await expect(sessions.first()).toContainText("127.0.0.1");
  await page.getByRole("button", { name: "Sign out Safari, iPhone" }).click();
  await expect(sessions).toHaveCount(2);
  await expect(second).toHaveURL(/\/login(\?|$)/, { timeout: 8000 });
  await page.getByLabel("Present password").fill("another one 1");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText("at least 10 characters");
  await page.getByLabel("New password").fill("long enough 2");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not the present password.")).toBeVisible();
  await page.getByLabel("Present password").fill("long enough 1");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await expect(sessions).toHaveCount(1);
  await expect(first).toHaveURL(/\/login(\?|$)/, { timeout: 8000 });
  await page.locator("main").getByLabel("Name", { exact: true }).fill("Rosa Klein-Berg");
  await page.locator("main").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your name is changed.")).toBeVisible();
});

test("axe finds nothing on these pages, in both languages and themes, and none is wider than a phone", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, bypassCSP: true });
  const page = await context.newPage();
  await world.signUp(page);
  await accounts(page);
  const link = await invite(page, "a.very.long.name.of.somebody@northwind-clinics.example", "Owner");
  world.muster("account", "create", "olga@northwind.example", "--role", "operator", "--name", "Olga Brandt");
  const guest = await (await browser.newContext({ bypassCSP: true })).newPage();
  const found: Record<string, string[]> = {};
  const look = async (page: Page, name: string) => {
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.evaluate(`(() => { ${AXE} })()`);
      const list = await page.evaluate(async () => {
        const axe = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> } }).axe;
        const { violations } = await axe.run({ resultTypes: ["violations"] });
        return violations.filter((v) => v.impact !== "minor").map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
      });
      if (list.length) found[`${name} ${theme}`] = list;
    }
    for (const width of [1024, 768, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 1) found[`${name} at ${width} px`] = [`${wide} px too wide`];
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  };
  await guest.goto(link);
  await look(guest, "/join");
  for (const language of ["en", "ru"]) {
    for (const path of ["/accounts", "/account"]) {
      await page.goto(`${world.base}${path}`);
      await ready(page);
      if (language === "en" && path === "/accounts") {
        await page.getByRole("button", { name: "Invite a colleague" }).click();
        await page.waitForTimeout(300);
        await look(page, "the dialog");
        await page.keyboard.press("Escape");
      }
      await look(page, `${path} ${language}`);
    }
    await page.goto(`${world.base}/workspaces/new`);
    await look(page, `/workspaces/new ${language}`);
    await page.goto(`${world.base}/account`);
    await ready(page);
    await page.locator("main").getByRole("button", { name: "Русский" }).click();
    await ready(page);
  }
  expect(found).toEqual({});
});
