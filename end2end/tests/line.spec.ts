// The main job: tick people, Send instructions, a phone connects, the lists change in front of whoever looks.
import { expect, test } from "@playwright/test";
import { IPHONE, PIXEL, World, qrOf, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

test("people are ticked, a real mail server takes the mails, a phone connects through the attached QR code, both lists change live", async ({ browser, page }) => {
  await world.mailServer();
  world.muster("settings", "set", "name", "Northwind Hospital");
  world.people("Anna Petrova,anna@northwind.example,Ward 3\nДарья Волкова,daria@northwind.example,\nFarah Haddad,,Ward 1\n");
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && !message.text().includes("favicon") && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await world.signUp(page);
  // A second browser that only looks.
  const other = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  await other.goto(`${world.base}/devices`);
  await ready(other);
  await expect(other.getByText("No device has connected yet")).toBeVisible();

  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("1 person cannot be sent one")).toBeVisible();
  await expect(dialog.getByText("Farah Haddad")).toBeVisible();
  await expect(dialog.frameLocator("iframe").getByText("Connect this phone")).toBeVisible();
  await dialog.getByLabel("A note from you").fill("Before Friday's shift, <b>please</b>.");
  await dialog.getByRole("button", { name: "Send 2 messages" }).click();
  await expect(page.getByText("2 messages go out in a moment")).toBeVisible();
  await expect(page.getByText("2 messages sent")).toBeVisible({ timeout: 20_000 });

  await world.mail(2);
  const mail = world.mails.find((m) => m.text!.includes("Anna"))!;
  expect(mail.subject).toBe("Connect your phone to Northwind Hospital");
  expect(mail.text).toContain("Before Friday's shift, <b>please</b>.");
  expect(mail.html).toContain("&lt;b&gt;please&lt;/b&gt;");
  expect(mail.html).toContain('src="cid:qr"');
  expect(mail.attachments.some((a) => a.cid === "qr")).toBe(true);
  expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  const link = qrOf(mail);
  expect(mail.text).toContain(link);
  expect(world.mails.find((m) => m.text!.includes("Дарья"))!.to).toMatchObject({ value: [{ name: "Дарья Волкова" }] });

  const iphone = await (await browser.newContext({ userAgent: IPHONE })).newPage();
  await iphone.goto(link);
  await expect(iphone.getByRole("heading", { name: "An iPhone cannot be connected yet" })).toBeVisible();
  const pixel = await (await browser.newContext({ userAgent: PIXEL, viewport: { width: 412, height: 915 } })).newPage();
  await pixel.goto(link);
  const play = await pixel.getByRole("link", { name: "Get it on Google Play" }).getAttribute("href");
  expect(new URL(play!).searchParams.get("referrer")).toBe(link);
  await expect.poll(() => world.json("invitations", "list").some((i: { state: string }) => i.state === "opened")).toBe(true);

  world.agent("pixel", "enroll", link, "--model", "Pixel 8", "--os-version", "14");
  await expect(other.getByRole("cell", { name: "Pixel 8" }).first()).toBeVisible({ timeout: 2000 });
  await expect(other.getByRole("cell", { name: "Anna Petrova" })).toBeVisible();
  const row = page.getByRole("row", { name: /Anna Petrova/ });
  await expect(row.getByText("Connected")).toBeVisible({ timeout: 2000 });
  await expect(row.getByText("OK")).toBeVisible();
  await expect(pixel.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 5000 });

  expect(() => world.agent("other", "enroll", link)).toThrow(/Another device has already connected/);
  world.agent("pixel", "enroll", link);
  world.agent("pixel", "leave");
  await expect(row.getByText("Critical")).toBeVisible({ timeout: 2000 });
  expect(problems).toEqual([]);
});

test("a live change leaves the selection, the focus, the scroll and what one types alone", async ({ page }) => {
  world.people([...Array(80).keys()].map((n) => `Person ${String(n).padStart(2, "0")},p${n}@northwind.example,\n`).join(""));
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select Person 03" }).check();
  await page.getByRole("checkbox", { name: "Select Person 06" }).click({ modifiers: ["Shift"] });
  await expect(page.getByText("4 people selected")).toBeVisible();
  const box = page.getByRole("checkbox", { name: "Select Person 40" });
  await box.scrollIntoViewIfNeeded();
  await box.focus();
  const scroll = await page.evaluate(() => scrollY);
  const node = await box.elementHandle();
  expect(scroll).toBeGreaterThan(0);
  const link = world.json("invite", "p3@northwind.example", "--print-link")[0].link;
  world.agent("phone", "enroll", link, "--model", "Pixel 8");
  await expect(page.getByRole("row", { name: /Person 03/ }).getByText("Connected")).toBeVisible({ timeout: 2000 });
  expect(await page.evaluate(() => scrollY)).toBe(scroll);
  expect(await node!.evaluate((n) => n.isConnected && document.activeElement === n)).toBe(true);
  await expect(page.getByText("4 people selected")).toBeVisible();
});

test("a send can be undone, and nobody gets anything", async ({ page }) => {
  await world.mailServer();
  world.people("Anna,anna@northwind.example,\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select Anna" }).check();
  await page.locator("#send").click();
  await page.getByRole("button", { name: "Send 1 message" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone. Nothing was sent.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Anna/ }).getByText("Never invited")).toBeVisible();
  await page.waitForTimeout(11_000);
  expect(world.mails).toEqual([]);
});

test("a mail that is refused for good fails with the server's words, one refused for a while is tried again", async ({ page }) => {
  await world.mailServer();
  let busy = 1;
  world.refuse = (address) => {
    if (address.startsWith("gone")) return { code: 550, words: "mailbox does not exist" };
    if (address.startsWith("busy") && busy-- > 0) return { code: 451, words: "try again later" };
    return undefined;
  };
  world.people("Gone,gone@northwind.example,\nBusy,busy@northwind.example,\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  await page.getByRole("button", { name: "Send 2 messages" }).click();
  await expect(page.getByRole("row", { name: /Gone/ }).getByText(/mailbox does not exist/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/Waiting: .*try again later/)).toBeVisible();
  await expect(page.getByRole("row", { name: /Busy/ }).getByText("Sent")).toBeVisible({ timeout: 40_000 });
  expect(world.mails).toHaveLength(1);
});

test("twelve thousand people: all that match are selected by a description and queued", async ({ page }) => {
  world.people([...Array(12_000).keys()].map((n) => `Person ${n},p${n}@northwind.example,${n % 2 ? "Odd" : "Even"}\n`).join(""));
  await world.signUp(page);
  await expect(page.getByText("1–50 of 12,000")).toBeVisible();
  await page.getByRole("searchbox").fill("odd");
  await expect(page.getByText("1–50 of 6,000")).toBeVisible();
  await expect(page).toHaveURL(/q=odd/);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.getByRole("button", { name: "Select all 6,000" }).click();
  await expect(page.getByText("6,000 people selected")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select Person 1", exact: true }).uncheck();
  await page.locator("#send").click();
  await page.getByRole("button", { name: "Send 5,999 messages" }).click();
  await expect(page.getByText("5,999 messages go out in a moment")).toBeVisible();
  const queued = world.json("invitations", "list").map((i: { email: string }) => i.email);
  const odd = [...Array(12_000).keys()].filter((n) => n % 2 && n !== 1).map((n) => `p${n}@northwind.example`);
  expect(queued.sort()).toEqual(odd.sort());
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone. Nothing was sent.")).toBeVisible();
});
