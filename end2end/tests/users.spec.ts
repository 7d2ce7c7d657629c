// Users, their windows, and Send instructions: what an administrator does with people, and what others may not.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

/** Somebody else's browser, signed in with that role. */
async function as(role: string, browser: Browser): Promise<Page> {
  const { link } = world.json("account", "create", `${role}@northwind.example`, "--name", `The ${role}`, "--role", role);
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByLabel("New password").fill("long enough 2");
  await page.getByRole("button", { name: "Set password" }).click();
  await ready(page);
  return page;
}

const open = (page: Page, name: string) => page.getByRole("link", { name, exact: true }).click();

test("a user's window: messages for three devices, their history, a new link, and a question before deleting that names what is lost", async ({ page }) => {
  await world.mailServer();
  world.people("Anna Petrova,anna@northwind.example,Ward 3;Nurses\nBoris Ahmed,boris@northwind.example,\n");
  const found = problems(page);
  await world.signUp(page);
  await open(page, "Anna Petrova");
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
  await expect(page).toHaveTitle("Anna Petrova · Muster");
  await expect(page.getByText("Nurses, Ward 3")).toBeVisible();
  await page.getByRole("button", { name: "Send instructions" }).click();
  const dialog = page.getByRole("dialog", { name: "Send instructions to Anna Petrova" });
  const length = await page.evaluate(() => history.length);
  await dialog.getByLabel("For how many devices").selectOption("3");
  await dialog.getByLabel("Note").fill("Bring your phone.");
  await expect(page.frameLocator("dialog iframe").getByText("Bring your phone.")).toBeVisible();
  await dialog.getByRole("button", { name: "Send 3 messages" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Send instructions" })).toBeFocused();
  // The preview is no step of the history: Back leads to the list.
  expect(await page.evaluate(() => history.length)).toBe(length);
  await expect(page.locator(".story")).toHaveCount(3);
  await expect(page.getByText("3 messages sent")).toBeVisible({ timeout: 20_000 });
  const links = new Set(world.mails.map((mail) => mail.text!.match(/http:\S+/)![0]));
  expect([world.mails.length, links.size]).toEqual([3, 3]);

  // One of them connects a phone: the device and the history appear by themselves.
  const [first, second] = links;
  world.agent("phone", "enroll", first, "--model", "Pixel 8", "--os-version", "14");
  await expect(page.getByRole("link", { name: "Pixel 8" })).toHaveAttribute("href", /\/devices\/[0-9a-f-]{36}$/, { timeout: 3000 });
  const connected = page.locator(".story", { hasText: "Connected" });
  await connected.getByText("History").click();
  const steps = connected.locator(".happened li");
  await expect(steps).toHaveText([/Connected\s*Pixel 8/, /Sent/, /today, \d\d:\d\d\s*Queued/]);
  await expect(steps.locator("time").first()).toHaveAttribute("datetime", /Z$/);

  // A new link ends the older one; a withdrawn message ends for good.
  const other = page.locator(".story", { hasNotText: "Connected" });
  for (let n = 0; n < 2; n++) {
    await other.nth(n).getByRole("button", { name: "New link" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "New link" }).click();
    await expect(page.getByRole("alertdialog")).toBeHidden();
  }
  await world.mail(5);
  expect(() => world.agent("late", "enroll", second)).toThrow();
  await other.first().getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.locator(".story", { hasText: "Withdrawn" })).toHaveCount(1);

  await page.goBack();
  await expect(page).toHaveURL(/\/users$/);
  await expect(page.getByRole("row", { name: /Anna Petrova/ }).getByText("OK")).toBeVisible();
  await page.goForward();
  await page.reload();
  await ready(page);
  await expect(page.getByRole("heading", { name: "Anna Petrova" })).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("1 device leaves Muster: Pixel 8");
  await expect(question).toContainText("3 messages and their links go");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "Delete" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/users$/);
  await expect(page.getByRole("link", { name: "Boris Ahmed" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Anna Petrova" })).toHaveCount(0);
  expect(found).toEqual([]);
});

test("who has a device or an open message already is counted before sending, and left out where one likes", async ({ page }) => {
  await world.mailServer();
  world.people("Anna,anna@northwind.example,\nBoris,boris@northwind.example,\nChidi,chidi@northwind.example,\n");
  world.agent("anna", "enroll", world.muster("invite", "anna@northwind.example", "--print-link").trim());
  world.muster("invite", "boris@northwind.example", "--print-link");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: "Send instructions to 3 people" })).toBeVisible();
  const [device, message] = [/connected device already/, /link is still open/].map((words) =>
    dialog.locator(".already").filter({ hasText: words }));
  await expect(device).toContainText("1 of them has a connected device already.");
  await expect(message).toContainText("1 of them has a message whose link is still open.");
  // Nothing is left out before one says so.
  const outs = dialog.getByRole("checkbox", { name: "Leave them out" });
  await expect(outs).toHaveCount(2);
  for (const out of await outs.all()) await expect(out).not.toBeChecked();
  await device.getByRole("checkbox").check();
  await expect(dialog.getByRole("heading", { name: "Send instructions to 2 people" })).toBeVisible();
  await expect(dialog.getByText("Preview: Boris")).toBeVisible();
  await message.getByRole("checkbox").check();
  await expect(dialog.getByText("Preview: Chidi")).toBeVisible();
  // They stay said, so that one can take it back.
  await expect(device).toContainText("1 of them");
  await dialog.getByRole("button", { name: "Send 1 message" }).click();
  const mail = await world.mail(1);
  expect((Array.isArray(mail.to) ? mail.to[0] : mail.to)!.text).toContain("chidi@");
  // The next time one begins anew.
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  await expect(dialog.getByRole("heading", { name: "Send instructions to 3 people" })).toBeVisible();
  await expect(outs.first()).not.toBeChecked();
});

test("a person without an address is named in the dialog, and the way out leads to the form with their address", async ({ page }) => {
  world.people("Anna,anna@northwind.example,\nFarah Haddad,,Ward 1\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("1 person cannot be sent one")).toBeVisible();
  // A link that begins with this machine's own address would go out in vain: it is said, and the mail is shown with it.
  await expect(dialog.getByText(`Links begin with ${world.base}, which no phone can reach.`)).toBeVisible();
  await expect(dialog.frameLocator("iframe").getByText(`${world.base}/…`).first()).toBeVisible();
  world.muster("settings", "set", "public_url", "https://muster.northwind.example");
  await expect(dialog.getByText("which no phone can reach")).toBeHidden();
  world.muster("settings", "set", "public_url");
  await expect(dialog.getByText("which no phone can reach")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Send 1 message" })).toBeEnabled();
  await dialog.getByRole("link", { name: "Add an address" }).click();
  await expect(page.getByRole("heading", { name: "Farah Haddad" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send instructions" })).toBeDisabled();
  const form = page.getByRole("dialog", { name: "Edit person" });
  // What is wrong stands at its field; the address that Anna has is refused by the server and said there too.
  await form.getByLabel("E-mail").fill("farah@");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("An address looks like name@example.org.")).toBeVisible();
  await expect(form.getByLabel("E-mail")).toBeFocused();
  await form.getByLabel("E-mail").fill("ANNA@northwind.example");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Somebody else has this address already.")).toBeVisible();
  await expect(form.getByRole("link", { name: /^It is the address of Anna/ })).toHaveAttribute("href", /^\/users\/[0-9a-f-]+$/);
  await form.getByLabel("E-mail").fill("farah@northwind.example");
  await form.getByLabel("Groups").fill("Nurses");
  await form.getByLabel("Groups").press("Enter");
  await form.getByLabel("Language of messages").selectOption("ru");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText("Nurses, Ward 1")).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: "Русский" })).toBeVisible();
  await page.getByRole("button", { name: "Send instructions" }).click();
  await expect(page.getByRole("dialog").getByText("Preview: Farah Haddad, Русский")).toBeVisible();
  const subject = page.getByRole("dialog").locator("iframe");
  await expect(subject).toHaveAttribute("title", /[а-я]/);
});

test("what the mail server refused for good is tried again from the result, one by one and all at once", async ({ page }) => {
  await world.mailServer();
  let full = true;
  let refused = 0;
  world.refuse = () => (full && ++refused ? { code: 550, words: "mailbox is full" } : undefined);
  world.people("Anna,anna@northwind.example,\nBoris,boris@northwind.example,\nChidi,chidi@northwind.example,\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  await page.getByRole("button", { name: "Send 3 messages" }).click();
  const result = page.locator(".followed");
  await expect(result.getByText("0 messages sent, 3 failed")).toBeVisible({ timeout: 20_000 });
  await expect(result.getByText("mailbox is full")).toHaveCount(3);
  await result.getByRole("button", { name: "Try again: Boris" }).click();
  // Refused again, it comes back into the list.
  await expect.poll(() => refused).toBe(4);
  await expect(result.getByText("0 messages sent, 3 failed")).toBeVisible({ timeout: 10_000 });
  await expect(result.getByText("mailbox is full")).toHaveCount(3);
  full = false;
  await result.getByRole("button", { name: "Try again: Boris" }).click();
  await expect(result.getByText("1 message sent, 2 failed")).toBeVisible({ timeout: 10_000 });
  await result.getByRole("button", { name: "Try all 2 again" }).click();
  await expect(result.getByText("3 messages sent")).toBeVisible({ timeout: 10_000 });
  expect(world.mails).toHaveLength(3);
  await expect(page.getByRole("row", { name: /Anna/ }).getByText("Sent")).toBeVisible();
});

test("ten seconds are counted down in sight, on every page and after a reload, and undoing takes everything back", async ({ page }) => {
  await world.mailServer();
  world.people("Anna,anna@northwind.example,\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select Anna" }).check();
  await page.locator("#send").click();
  await page.getByRole("button", { name: "Send 1 message" }).click();
  const undo = page.getByRole("button", { name: "Undo" });
  const left = async () => Number((await undo.textContent())!.replace(/\D/g, ""));
  await expect(undo).toBeVisible();
  const first = await left();
  expect(first).toBeGreaterThan(5);
  expect(first).toBeLessThanOrEqual(10);
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(undo).toBeVisible();
  await page.reload();
  await expect(undo).toBeVisible();
  await expect.poll(left).toBeLessThan(first);
  await undo.click();
  await expect(page.getByText("Undone. Nothing was sent.")).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.locator(".followed")).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expect(page.locator(".followed")).toHaveCount(0);
  await page.waitForTimeout(9_000);
  expect(world.mails).toEqual([]);
});

test("who has no address gets a sheet of paper, whose code another program reads, and it connects a device", async ({ page }) => {
  world.people("Anna,anna@northwind.example,\nFarah Haddad,,Ward 1\nHugo Costa,,Ward 1\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const [sheets] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("dialog").getByRole("button", { name: "Print 2 sheets with QR codes" }).click()]);
  await expect(sheets.locator("article")).toHaveCount(2);
  await expect(sheets.locator("article").first()).toContainText("Farah Haddad");
  const link = (await sheets.locator("article code").first().textContent())!;
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[a-z0-9-]{20,}$/);
  const picture = join(world.folder, "sheet.png");
  await sheets.locator("article svg").first().screenshot({ path: picture });
  expect(execFileSync("zbarimg", ["--quiet", "--raw", picture], { encoding: "utf8" }).trim()).toBe(link);
  await sheets.emulateMedia({ media: "print" });
  await expect(sheets.getByRole("link")).toHaveCount(0);
  await sheets.emulateMedia({ media: "screen" });
  world.agent("phone", "enroll", link, "--model", "Pixel 8");
  await expect(page.locator("tbody tr", { hasText: "Farah Haddad" })).toContainText("Connected");
  await page.keyboard.press("Escape");
  // Used, it is no sheet any more; and the log tells who saw the links.
  await sheets.reload();
  await expect(sheets.locator("article")).toHaveCount(1);
  const shown = world.json("audit", "list").filter((entry: { action: string }) => entry.action === "invitation.link_shown");
  expect(shown).toHaveLength(3);
  // Their window has the way, too; who may not see links has none.
  await open(page, "Hugo Costa");
  // Hugo has a link that has connected nothing: nobody gets a second key unasked.
  const [asked] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Print 1 sheet with a QR code" }).click()]);
  await expect(asked.getByRole("heading", { name: "Some of them have a link already" })).toBeVisible();
  await expect(asked.getByRole("listitem")).toHaveText(["Hugo Costa"]);
  const his = await sheets.locator("article code").textContent();
  await asked.getByRole("button", { name: "Print their links again" }).click();
  await expect(asked.locator("article code")).toHaveText([his!]);
  // So does his message, here and in its own window.
  const again = page.getByRole("link", { name: "Print a sheet" });
  await asked.goto(new URL((await again.getAttribute("href"))!, world.base).href);
  await expect(asked.locator("article code")).toHaveText([his!]);
  expect(world.json("invitations", "list")).toHaveLength(2);
  expect((await page.request.post(`${world.base}/sheets`, { form: { people: "x" }, headers: { "sec-fetch-site": "same-origin" } })).status()).toBe(422);
  expect((await page.request.post(`${world.base}/sheets`, { form: { people: "x" }, headers: { "sec-fetch-site": "cross-site" } })).status()).toBe(403);
});

test("sending twice to the same person sends two messages with two links, and both are followed", async ({ page }) => {
  await world.mailServer();
  world.people("Anna,anna@northwind.example,\n");
  await world.signUp(page);
  await open(page, "Anna");
  for (let n = 0; n < 2; n++) {
    await page.getByRole("button", { name: "Send instructions" }).click();
    await page.getByRole("button", { name: "Send 1 message" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await expect(page.locator(".followed")).toHaveCount(2);
  await expect(page.locator(".followed").getByText("1 message sent")).toHaveCount(2, { timeout: 25_000 });
  expect(new Set(world.mails.map((mail) => mail.text!.match(/http:\S+/)![0])).size).toBe(2);
  await expect(page.locator(".story")).toHaveCount(2);
});

test("an auditor sees no button that the server refuses, an operator sends but does not edit", async ({ browser, page }) => {
  world.people("Anna,anna@northwind.example,\n");
  world.muster("invite", "anna@northwind.example", "--print-link");
  await world.signUp(page);
  await expect(page.getByRole("button", { name: "Add person" })).toBeVisible();
  const buttons = async (page: Page) => ({
    send: await page.getByRole("button", { name: "Send instructions" }).count(),
    tick: await page.getByRole("checkbox").count(),
    add: await page.getByRole("button", { name: "Add person" }).count(),
    edit: await page.getByRole("button", { name: "Edit" }).count(),
    delete: await page.getByRole("button", { name: "Delete" }).count(),
    copy: await page.getByRole("button", { name: "Copy link" }).count(),
    withdraw: await page.getByRole("button", { name: "Withdraw" }).count(),
  });
  const none = { send: 0, tick: 0, add: 0, edit: 0, delete: 0, copy: 0, withdraw: 0 };
  const auditor = await as("auditor", browser);
  const found = problems(auditor);
  await expect(auditor.getByRole("link", { name: "Anna" })).toBeVisible();
  expect(await buttons(auditor)).toEqual(none);
  // Also in the page as the server wrote it, without scripts.
  expect(await (await auditor.request.get(`${world.base}/users`, { headers: { accept: "text/html" } })).text()).not.toContain("Send instructions");
  await open(auditor, "Anna");
  await expect(auditor.getByText("History")).toBeVisible();
  expect(await buttons(auditor)).toEqual(none);
  await auditor.reload();
  await ready(auditor);
  expect([await buttons(auditor), found]).toEqual([none, []]);

  const operator = await as("operator", browser);
  await expect(operator.getByRole("link", { name: "Anna" })).toBeVisible();
  expect(await buttons(operator)).toEqual({ ...none, send: 1, tick: 2 });
  await open(operator, "Anna");
  await expect(operator.getByText("History")).toBeVisible();
  expect(await buttons(operator)).toEqual({ ...none, send: 1, copy: 1, withdraw: 1 });
});

test("from sign-in to sent by the keyboard alone, with the focus in sight", async ({ page }) => {
  await world.mailServer();
  world.people("Anna,anna@northwind.example,\nBoris,boris@northwind.example,\n");
  await world.signUp(page);
  await page.context().clearCookies();
  await page.goto(`${world.base}/login`);
  const type = (text: string) => page.keyboard.type(text);
  const to = async (wanted: string, keys = "Tab") => {
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press(keys);
      const at = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement;
        const style = getComputedStyle(e);
        // While the focus is in a frame or between two stops it is the body's, which holds every word.
        const text = e.matches("a, button, input, select, textarea, summary") ? (e.getAttribute("aria-label") ?? e.textContent ?? "") : "";
        return { text, ring: `${style.outlineStyle} ${style.outlineWidth}` };
      });
      if (at.text.includes(wanted)) return at.ring;
    }
    throw new Error(`Tab does not reach ${wanted}`);
  };
  await type("rosa@northwind.example");
  await page.keyboard.press("Tab");
  await type("long enough 1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await ready(page);
  // The first stop leads past the navigation.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  expect(await to("Send instructions")).toBe("solid 2px");
  expect(await to("Name")).toBe("solid 2px");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/desc=1/);
  expect(await to("Select Boris")).toBe("solid 2px");
  await page.keyboard.press("Space");
  await expect(page.locator(".strip").getByRole("button", { name: "Send instructions" })).toBeVisible();
  await to("Send instructions", "Shift+Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Send 1 message" })).toBeEnabled();
  expect(await dialog.evaluate((d) => d.contains(document.activeElement))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Send instructions");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Send 1 message" })).toBeEnabled();
  expect(await to("Send 1 message")).toBe("solid 2px");
  await page.keyboard.press("Space");
  await expect(page.locator("#send")).toBeFocused();
  await expect(page.getByText("1 message sent")).toBeVisible({ timeout: 20_000 });
  expect(world.mails.map((mail) => mail.text!.includes("Boris"))).toEqual([true]);
});
