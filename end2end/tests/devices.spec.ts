// Devices and invitations in the console: windows, histories, and the ends of links.
import { expect, test, type Page } from "@playwright/test";
import { PIXEL, World, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

/** A link for Anna, made by hand. */
function linkFor(email: string, ...more: string[]): string {
  return world.json("invite", email, "--print-link", ...more)[0].link;
}

async function second(page: Page, path: string): Promise<Page> {
  const context = await page.context().browser()!.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(`${world.base}${path}`);
  await ready(other);
  return other;
}

/** What the phone's page says about a link. */
async function phone(page: Page, link: string): Promise<Page> {
  const context = await page.context().browser()!.newContext({ userAgent: PIXEL, viewport: { width: 412, height: 915 } });
  const opened = await context.newPage();
  await opened.goto(link);
  return opened;
}

const TWO = "Anna Petrova,anna@northwind.example,\nBoris Ahmed,boris@northwind.example,\n";

test("a device's window tells battery, storage and protection, and a rename and a new owner show in a second browser", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  world.people(TWO);
  await world.signUp(page);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8", "--manufacturer", "Google", "--os-version", "14",
    "--serial", "S-17", "--battery", "81", "--charging", "true", "--storage-total", "128000000000", "--storage-free", "32000000000");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const other = await second(page, "/devices");
  await page.getByRole("link", { name: "Pixel 8" }).click();
  await expect(page).toHaveURL(/\/devices\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: "Pixel 8" })).toBeVisible();
  const fact = (name: string) => page.locator(".fact").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
  await expect(fact("Battery")).toHaveText("81 %, charging");
  await expect(fact("Storage")).toContainText("32 GB of 128 GB free");
  await expect(page.getByRole("meter", { name: "Storage that is used" })).toHaveAttribute("value", "750");
  await expect(fact("Protection")).toHaveText("On");
  await expect(fact("Serial number")).toHaveText("S-17");
  await expect(fact("Manufacturer")).toHaveText("Google");
  await expect(fact("System")).toHaveText("Android 14");
  world.agent("pixel", "report", "--protection", "off", "--battery", "12", "--charging", "false", "--os-version", "15");
  await expect(fact("Protection")).toHaveText("Off", { timeout: 2000 });
  await expect(fact("Battery")).toHaveText("12 %");
  const story = page.getByRole("region", { name: "History" });
  await expect(story.getByText("System updated from 14 to 15")).toBeVisible();
  await expect(story.getByText("Status: Critical")).toBeVisible();

  const rename = page.getByRole("button", { name: "Rename" });
  await rename.click();
  await page.getByRole("dialog").getByLabel("Name").fill("Ward 3 phone");
  await page.keyboard.press("Enter");
  await expect(other.getByRole("link", { name: "Ward 3 phone" })).toBeVisible({ timeout: 2000 });
  await expect(page.getByRole("heading", { name: "Ward 3 phone" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "It is called Ward 3 phone now." })).toBeVisible();
  await expect(rename).toBeFocused();

  await page.getByRole("button", { name: "Change owner" }).click();
  const dialog = page.getByRole("dialog", { name: "Change owner" });
  await dialog.getByRole("searchbox").fill("boris");
  await dialog.getByRole("button", { name: /Boris Ahmed/ }).click();
  await dialog.getByRole("button", { name: "Give it to Boris Ahmed" }).click();
  await expect(other.getByRole("row", { name: /Ward 3 phone/ }).getByText("Boris Ahmed")).toBeVisible({ timeout: 2000 });
  await expect(story.getByText("Given to Boris Ahmed; before, it was Anna Petrova’s")).toBeVisible();
  await expect(story.getByText("by Rosa Klein").first()).toBeVisible();
  // Found by the new owner, not by the former one; filters stand in the address.
  await other.getByRole("searchbox").fill("anna");
  await expect(other.getByText("Nothing found")).toBeVisible();
  await other.getByRole("searchbox").fill("boris");
  await expect(other.getByRole("link", { name: "Ward 3 phone" })).toBeVisible();
  await other.getByRole("link", { name: /^Warning\s*0$/ }).click();
  await expect(other).toHaveURL(/status=warning/);
  await expect(other.getByText("Nothing found")).toBeVisible();
  await other.getByRole("link", { name: /^Critical\s*1$/ }).click();
  await other.getByRole("combobox", { name: "Platform" }).selectOption("ios");
  await expect(other.getByText("Nothing found")).toBeVisible();
  await other.getByRole("combobox", { name: "Platform" }).selectOption("android");
  await expect(other).toHaveURL(/platform=android/);
  await expect(other.getByRole("link", { name: "Ward 3 phone" })).toBeVisible();
  expect(problems).toEqual([]);
});

test("the windows of a device and of a message are whole before any script runs, and again and again", async ({ page, browser }) => {
  world.people(TWO);
  await world.signUp(page);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8", "--serial", "S-17");
  const context = await browser.newContext({ storageState: await page.context().storageState(), javaScriptEnabled: false });
  const plain = await context.newPage();
  const [device, message] = [world.json("devices", "list")[0].id, world.json("invitations", "list")[0].id];
  // Many times, since threads of the server share the work: a rendering fell once in a few.
  for (let n = 0; n < 20; n++) {
    await plain.goto(`${world.base}/devices/${device}`);
    await expect(plain.getByRole("heading", { name: "Pixel 8" })).toBeVisible();
    await expect(plain.getByText("S-17", { exact: true })).toBeVisible();
    await plain.goto(`${world.base}/invitations/${message}`);
    await expect(plain.getByText("Link made, to be handed over by hand")).toBeVisible();
  }
});

test("deleting a device says what is lost and ends its link", async ({ page }) => {
  world.people(TWO);
  await world.signUp(page);
  const link = linkFor("anna@northwind.example");
  world.agent("pixel", "enroll", link, "--model", "Pixel 8");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Pixel 8" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText("Its link is withdrawn")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Delete" })).toBeFocused();
  world.agent("pixel", "report");
  await page.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/devices$/);
  await expect(page.getByRole("status").filter({ hasText: "Pixel 8 is deleted, and its link withdrawn." })).toBeVisible();
  await expect(page.getByText("No device has connected yet")).toBeVisible();
  expect(() => world.agent("pixel", "report")).toThrow();
  expect(() => world.agent("pixel", "enroll", link)).toThrow(/no longer valid/);
  await expect((await phone(page, link)).getByRole("heading", { name: "This link was withdrawn" })).toBeVisible();
  await page.goto(`${world.base}/invitations?state=revoked`);
  await ready(page);
  await page.getByRole("link", { name: "Details of the message to Anna Petrova" }).click();
  await expect(page.getByText("Withdrawn, since its device was deleted")).toBeVisible();
});

test("a withdrawn link is refused by page and agent, and its buttons are gone", async ({ page }) => {
  world.people(TWO);
  await world.signUp(page);
  const link = linkFor("anna@northwind.example");
  await page.goto(`${world.base}/invitations`);
  await ready(page);
  await page.getByRole("link", { name: "Details of the message to Anna Petrova" }).click();
  await expect(page.getByText("Link made, to be handed over by hand")).toBeVisible();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Withdrawn. The link connects nothing any more." })).toBeVisible();
  for (const name of ["Withdraw", "Extend", "New link", "Send again", "Copy link"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await expect((await phone(page, link)).getByRole("heading", { name: "This link was withdrawn" })).toBeVisible();
  expect(() => world.agent("pixel", "enroll", link)).toThrow(/no longer valid/);
  expect(world.json("devices", "list")).toEqual([]);
});

test("an expired link is asked for again on the phone, the console shows the request, and a new link ends the older one", async ({ page }) => {
  await world.mailServer();
  world.people(TWO);
  await world.signUp(page);
  const link = linkFor("anna@northwind.example", "--expires-in", "1s");
  await page.goto(`${world.base}/invitations`);
  await ready(page);
  await page.waitForTimeout(1200);
  expect(() => world.agent("pixel", "enroll", link)).toThrow(/expired|over/i);
  const pixel = await phone(page, link);
  await expect(pixel.getByRole("heading", { name: "This link has expired" })).toBeVisible();
  await pixel.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(pixel.getByRole("heading", { name: "We have passed it on" })).toBeVisible();

  const tab = page.getByRole("link", { name: /^Asks for a new link/ });
  await expect(tab).toHaveText(/1$/, { timeout: 2000 });
  await tab.click();
  await expect(page).toHaveURL(/state=asking/);
  const row = page.getByRole("row", { name: /Anna Petrova/ });
  await expect(row.getByText("Asks for a new link")).toBeVisible();
  await row.getByRole("button", { name: "New link" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText("The link sent before stops working.")).toBeVisible();
  await dialog.getByRole("button", { name: "New link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "A new link goes out. The older one has ended." })).toBeVisible();
  await expect(page.getByText("Nothing found")).toBeVisible();
  const mail = await world.mail(1);
  const newer = mail.text!.match(new RegExp(`${world.base}/[a-z0-9-]+`))![0];
  expect(newer).not.toBe(link);
  await expect((await phone(page, link)).getByRole("heading", { name: "This link is not known" })).toBeVisible();
  expect(() => world.agent("pixel", "enroll", link)).toThrow();
  world.agent("pixel", "enroll", newer, "--model", "Pixel 8");

  await page.getByRole("link", { name: /^All/ }).click();
  await page.getByRole("link", { name: "Details of the message to Anna Petrova" }).click();
  for (const step of ["The person asked for a new link", "Queued with a new link; the older one ended", "Link made, to be handed over by hand"]) {
    await expect(page.getByText(step)).toBeVisible();
  }
  await page.getByRole("link", { name: "Show the device" }).click();
  await expect(page.getByRole("heading", { name: "Pixel 8" })).toBeVisible();
});

test("extending tells nobody and leaves the request, unless the message is sent again with it", async ({ page }) => {
  await world.mailServer();
  world.people("Anna Petrova,anna@northwind.example,\n");
  const link = linkFor("anna@northwind.example", "--expires-in", "1s");
  await page.waitForTimeout(1500);
  const pixel = await (await page.context().browser()!.newContext({ userAgent: PIXEL })).newPage();
  await pixel.goto(link);
  await pixel.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(pixel.getByRole("button", { name: "Ask for a new link" })).toHaveCount(0);
  await world.signUp(page);
  await page.goto(`${world.base}/invitations/${world.json("invitations", "list")[0].id}`);
  await ready(page);
  const asks = page.getByText("This person asks for a new link.");
  await expect(asks).toBeVisible();
  const dialog = page.getByRole("dialog", { name: "Let the link work for longer" });
  const again = dialog.getByRole("checkbox", { name: "Send the message again, with the same link" });
  await page.getByRole("button", { name: "Extend" }).click();
  await expect(dialog).toContainText("Anna Petrova asks for a new link, and is not told that this one works again.");
  await expect(again).toBeChecked();
  await again.uncheck();
  await dialog.getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("The link was given more time")).toBeVisible();
  await expect(asks).toBeVisible();
  // Nothing was sent, and nothing says so.
  await expect(page.locator(".known")).toContainText("Link given out");
  await page.getByRole("button", { name: "Extend" }).click();
  await dialog.getByLabel("Days from now").fill("30");
  await dialog.getByRole("button", { name: "Extend" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The link works for 30 days from now. It goes out again, with the same link." })).toBeVisible();
  await expect(asks).toBeHidden();
  expect((await world.mail(1)).text).toContain(link);
});

test("a message that was refused tells the server's words, is sent again, extended, and its link copied", async ({ page }) => {
  await world.mailServer();
  let gone = true;
  world.refuse = () => (gone ? { code: 550, words: "mailbox does not exist" } : undefined);
  world.people("Anna Petrova,anna@northwind.example,\n");
  await world.signUp(page);
  world.muster("invite", "anna@northwind.example");
  await page.goto(`${world.base}/invitations?state=failed`);
  await ready(page);
  const row = page.getByRole("row", { name: /Anna Petrova/ });
  await expect(row.getByText(/550.*mailbox does not exist/)).toBeVisible({ timeout: 20_000 });
  gone = false;
  await row.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("status").filter({ hasText: "It goes out again, with the same link." })).toBeVisible();
  const mail = await world.mail(1);
  const link = mail.text!.match(new RegExp(`${world.base}/[a-z0-9-]+`))![0];
  await page.goto(`${world.base}/invitations`);
  await ready(page);
  await page.getByRole("link", { name: "Details of the message to Anna Petrova" }).click();
  await expect(page.getByText(/550.*mailbox does not exist/)).toBeVisible();
  await expect(page.getByText("Queued again, with the same link")).toBeVisible();

  await page.getByRole("button", { name: "Extend" }).click();
  const dialog = page.getByRole("dialog", { name: "Let the link work for longer" });
  await dialog.getByLabel("Days from now").fill("91");
  await expect(dialog.getByRole("button", { name: "Extend" })).toBeDisabled();
  await dialog.getByLabel("Days from now").fill("30");
  await dialog.getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("The link was given more time")).toBeVisible();

  // Without the right to write to the clipboard, the link is shown and selected.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true }));
  await page.getByRole("button", { name: "Copy link" }).click();
  const field = page.getByRole("dialog", { name: "Copy the link" }).getByLabel("Link");
  await expect(field).toHaveValue(link);
  await expect(field).toBeFocused();
  await expect.poll(() => page.evaluate(() => getSelection()!.toString())).toBe(link);
  await page.keyboard.press("Escape");
  await page.reload();
  await ready(page);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Link copied." })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test("a link pasted as the agent's server works as people paste it; the same device comes back, a second one is refused", async ({ page }) => {
  world.people(TWO);
  await world.signUp(page);
  const link = linkFor("anna@northwind.example");
  const { host, pathname } = new URL(link);
  world.agent("pixel", "enroll", ` HTTP://${host.toUpperCase()}${pathname.toUpperCase()}/ `, "--model", "Pixel 8", "--hardware-id", "hardware-one");
  expect(() => world.agent("galaxy", "enroll", link, "--hardware-id", "hardware-two")).toThrow(/Another device has already connected/);
  // Installed anew: a fresh state, and so a new key, but the same hardware.
  world.agent("pixel-again", "enroll", link, "--model", "Pixel 8", "--hardware-id", "hardware-one");
  expect(() => world.agent("pixel", "report")).toThrow();
  expect(world.json("devices", "list")).toHaveLength(1);
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Pixel 8" }).click();
  await expect(page.getByText("Connected again by the same link")).toBeVisible();
  await expect(page.getByText("with a new key; the former one ended")).toBeVisible();
  await expect((await phone(page, link)).getByRole("heading", { name: "Connected" })).toBeVisible();
});

test("an auditor sees no button that would be refused", async ({ page, browser }) => {
  world.people(TWO);
  await world.signUp(page);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8");
  linkFor("boris@northwind.example");
  const { link } = world.json("account", "create", "audit@northwind.example", "--name", "Audit", "--role", "auditor");
  const auditor = await (await browser.newContext()).newPage();
  await auditor.goto(link);
  await auditor.getByLabel("New password").fill("long enough 2");
  await auditor.getByRole("button").first().click();
  await auditor.goto(`${world.base}/devices`);
  await ready(auditor);
  await auditor.getByRole("link", { name: "Pixel 8" }).click();
  await expect(auditor.getByRole("heading", { name: "Pixel 8" })).toBeVisible();
  await expect(auditor.locator("main button:visible")).toHaveCount(0);
  await auditor.goto(`${world.base}/invitations`);
  await ready(auditor);
  await expect(auditor.locator("tbody button:visible")).toHaveCount(0);
  await auditor.getByRole("link", { name: "Details of the message to Boris Ahmed" }).click();
  await expect(auditor.getByRole("heading", { name: "Message to Boris Ahmed" })).toBeVisible();
  await expect(auditor.locator("main button:visible")).toHaveCount(0);
});
