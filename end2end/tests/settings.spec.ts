// Settings: what is typed is checked, tried out on a real mail server, saved and kept; messages without a mail server.
import { expect, test, type Page } from "@playwright/test";
import { SMTPServer } from "smtp-server";
import { simpleParser, type ParsedMail } from "mailparser";
import jsQR from "jsqr";
import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { World, ready } from "./world";

let world: World;
let smtp: SMTPServer | undefined;
const mails: ParsedMail[] = [];

test.beforeEach(async () => {
  mails.length = 0;
  world = await new World().start();
});

test.afterEach(() => {
  smtp?.close();
  smtp = undefined;
  world.stop();
});

/** A mail server that somebody else wrote, which wants a password; answers its port. */
async function mailServer(): Promise<number> {
  smtp = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.username === "it" && auth.password === "right horse" ? done(null, { user: "it" }) : done(new Error("that horse is not ours")),
    onData: (stream, _session, done) => {
      simpleParser(stream, { skipImageLinks: true }).then((mail) => {
        mails.push(mail);
        done();
      }, done);
    },
  });
  await new Promise<void>((done) => smtp!.listen(0, "127.0.0.1", done));
  return (smtp.server.address() as { port: number }).port;
}

async function open(page: Page) {
  await page.goto(`${world.base}/settings`);
  await ready(page);
}

const save = (page: Page) => page.getByRole("button", { name: "Save" }).click();
const said = (page: Page) => page.locator(".set-said");

test("a mail server is typed, tried with the server's own words, and saved", async ({ page }) => {
  const port = await mailServer();
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await world.signUp(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("No mail server is set: messages are kept as files.")).toBeVisible();
  await page.getByLabel("Protection").selectOption({ label: "TLS from the start (465)" });
  await expect(page.getByLabel("Port")).toHaveValue("465");
  await page.getByLabel("Protection").selectOption({ label: "None: same machine only (25)" });
  await expect(page.getByLabel("Port")).toHaveValue("25");
  await page.getByLabel("Host").fill("127.0.0.1");
  await page.getByLabel("Port").fill(`${port}`);
  await page.getByLabel("User", { exact: true }).fill("it");
  await page.getByLabel("Password").fill("wrong horse");
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText("A mail server needs a sender.")).toBeVisible();
  await expect(page.getByLabel("Sender", { exact: true })).toBeFocused();
  await page.getByLabel("Sender", { exact: true }).fill("it@northwind.example");
  await expect(page.getByText("A mail server needs a sender.")).toBeHidden();

  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText("The test mail did not go out.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Sign in" })).toContainText(/535 .*that horse is not ours/);
  expect(mails).toEqual([]);

  await page.getByLabel("Password").fill("right horse");
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText("The server took the test mail.")).toBeVisible();
  const steps = page.locator(".set-steps li");
  await expect(steps).toHaveCount(6);
  await expect(steps.nth(0)).toContainText(/220 .*ESMTP/);
  await expect(steps.nth(1)).toContainText("not asked for");
  await expect(steps.nth(2)).toContainText(/235 /);
  await expect(steps.nth(4)).toContainText(/250 /);
  await expect(steps.nth(5)).toContainText(/250 /);
  await expect.poll(() => mails.length).toBe(1);
  expect(mails[0].subject).toBe("Test mail from Muster");
  expect(mails[0].to).toMatchObject({ value: [{ address: "rosa@northwind.example" }] });
  expect(world.muster("settings", "get", "smtp.host").trim(), "trying writes nothing").toBe("null");

  await save(page);
  await expect(said(page)).toHaveText("Saved.");
  expect(world.json("settings", "get")).toMatchObject({ "smtp.host": "127.0.0.1", "smtp.port": port, "smtp.user": "it", "smtp.password": "set" });
  await open(page);
  await expect(page.getByLabel("Host")).toHaveValue("127.0.0.1");
  expect(await page.content()).not.toContain("right horse");
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText("The server took the test mail.")).toBeVisible();
  await page.getByLabel("Host").fill("localhost");
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText("Type the password again")).toBeVisible();
  expect(problems.filter((p) => !p.includes("422"))).toEqual([]);
});

test("what is wrong stands at its field, nothing typed is lost, and a live change leaves what was typed", async ({ page }) => {
  await world.signUp(page);
  await open(page);
  await page.getByLabel("Public address").fill("muster.northwind.example/phones");
  await page.getByLabel("A link works for, days").fill("many");
  await page.getByLabel("Whom to ask").fill("IT, 1234");
  await expect(said(page)).toHaveText("Unsaved changes.");
  await save(page);
  await expect(said(page)).toHaveText("2 fields need another look.");
  await expect(page.getByText("An address looks like https://muster.example.org, without a path.")).toBeVisible();
  await expect(page.getByText("From 1 to 90 days.")).toBeVisible();
  await expect(page.getByLabel("Public address")).toBeFocused();
  await expect(page.getByLabel("Public address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("A link works for, days")).toHaveValue("many");

  // Somebody else changes another setting, and one that is being typed.
  world.muster("settings", "set", "name", "Northwind Hospital");
  world.muster("settings", "set", "help_contact", "Somebody else");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Northwind Hospital");
  await expect(page.getByRole("navigation", { name: "Muster" })).toContainText("Northwind Hospital");
  await expect(page.getByLabel("Whom to ask")).toHaveValue("IT, 1234");
  await expect(page.getByLabel("Public address")).toBeFocused();

  await page.getByLabel("Public address").fill("https://muster.northwind.example/");
  await page.getByLabel("A link works for, days").fill("14");
  // By keyboard alone: Enter in a field saves.
  await page.getByLabel("A link works for, days").press("Enter");
  await expect(said(page)).toHaveText("Saved.");
  expect(world.json("settings", "get")).toMatchObject({
    name: "Northwind Hospital",
    public_url: "https://muster.northwind.example",
    help_contact: "IT, 1234",
    "links.days": 14,
  });
});

test("a provider's limits are a preset, and how long the queue takes is said before and after sending", async ({ page }) => {
  world.people("Anna,anna@northwind.example,\nBen,ben@northwind.example,\n");
  await world.signUp(page);
  await open(page);
  await page.getByLabel("Limit").selectOption({ label: "Exchange Online: 30 a minute, 10,000 a day" });
  await save(page);
  await expect(said(page)).toHaveText("Saved.");
  expect(world.json("settings", "get")).toMatchObject({ "mail.per_minute": 30, "mail.per_day": 10_000 });
  await page.getByLabel("Limit").selectOption({ label: "Your own" });
  await page.getByLabel("Messages a minute").fill("0");
  await page.getByLabel("Messages in 24 hours").fill("1");
  await save(page);
  await expect(said(page)).toHaveText("Saved.");
  await expect(page.getByText("No message waits.")).toBeVisible();

  await page.goto(`${world.base}/users`);
  await ready(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  await expect(page.getByRole("dialog").getByText("Through in about 1 day.")).toBeVisible();
  await page.getByRole("button", { name: "Send 2 messages" }).click();
  await expect(page.locator(".followed")).toContainText("Through in about 1 day.");
  await expect(page.locator(".followed")).toContainText("1 of 2 sent", { timeout: 20_000 });
  await expect(page.locator(".followed")).toContainText("Through in about 1 day.");
  await open(page);
  await expect(page.getByText("1 message waits. Through in about 1 day.")).toBeVisible();
});

test("without a mail server it is said before sending, and the kept message shows with its QR code and attachment", async ({ browser, page }) => {
  world.people("Дарья Волкова,daria@northwind.example,\n");
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("No mail server is set: messages are kept as files.")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "Set a mail server" })).toHaveAttribute("href", "/settings");
  await dialog.getByRole("button", { name: "Send 1 message" }).click();
  await expect(page.getByText("1 message sent")).toBeVisible({ timeout: 20_000 });

  await page.goto(`${world.base}/mails`);
  await ready(page);
  await expect(page.getByRole("cell", { name: "Дарья Волкова <daria@northwind.example>" })).toBeVisible();
  await page.getByRole("searchbox").fill("boris");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("searchbox").fill("дарья phone");
  await expect(page).toHaveURL(/q=/);
  await page.getByRole("link", { name: "Connect your phone to Muster" }).click();
  await expect(page.getByRole("heading", { name: "Connect your phone to Muster" })).toBeVisible();
  const picture = page.frameLocator("iframe").getByAltText("QR code with the link");
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(200);
  await page.getByText("Plain text").click();
  const text = await page.locator("pre").innerText();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /qr-code\.png/ }).click();
  const png = PNG.sync.read(readFileSync(await (await downloading).path()));
  const link = jsQR(new Uint8ClampedArray(png.data), png.width, png.height)!.data;
  expect(text).toContain(link);
  await page.getByText("All headers").click();
  await expect(page.getByText("auto-generated")).toBeVisible();

  const address = page.url();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(address);
  await expect(stranger).toHaveURL(/\/login\?back=%2Fmails%2F/);
  expect((await stranger.request.get(`${address}/html`)).status()).toBe(401);
});

test("on a phone the fields stand under each other and nothing reaches over the edge", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await world.signUp(page);
  await open(page);
  const [host, port] = [await page.getByLabel("Protection").boundingBox(), await page.getByLabel("Port").boundingBox()];
  expect(port!.y).toBeGreaterThan(host!.y + host!.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByLabel("Name", { exact: true }).fill("Northwind");
  await save(page);
  await expect(said(page)).toHaveText("Saved.");
});
