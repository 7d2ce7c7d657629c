// A phone with Headwind's agent: from the link to a device that does what it is told. The agent is headwind-agent, as its source has it.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { PIXEL, World, problems, ready } from "./world";

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const PROGRAM = join(__dirname, "../headwind-agent/headwind-agent");

test.describe.configure({ timeout: 120_000 });

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
  world.people("Anna Petrova,anna@northwind.example,\n");
});

test.afterEach(() => world.stop());

const link = (): string => world.json("invite", "anna@northwind.example", "--print-link")[0].link;

/** Runs a command of the agent; throws if the phone would be harmed, or is told something that the agent does not know. */
function agent(name: string, ...words: string[]): string {
  return execFileSync(PROGRAM, ["--state", join(world.folder, `${name}.phone`), "--speed", "20", ...words], { encoding: "utf8" });
}

/** The agent lives on until the test ends; what happens to it can be waited for. */
function lives(name: string) {
  const child: ChildProcess = spawn(PROGRAM, ["--state", join(world.folder, `${name}.phone`), "--events", "-", "--speed", "20", "run"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout!.on("data", (chunk) => (text += chunk));
  return {
    until: (event: string) => expect.poll(() => text, { timeout: 20_000 }).toContain(`"event":"${event}"`),
    harmed: () => /"event":"(crash|unknown-field)"/.test(text),
    end: () => child.kill(),
  };
}

async function on(page: Page, userAgent: string, address: string): Promise<Page> {
  const context = await page.context().browser()!.newContext({ userAgent, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const opened = await context.newPage();
  await opened.goto(address);
  return opened;
}

test("a Pixel: the page says what to type, the agent connects, and does what the console tells it", async ({ page }) => {
  const faults = problems(page);
  await world.signUp(page);
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const made = link();
  const phone = await on(page, PIXEL, made);
  await expect(phone.getByRole("link", { name: "Get it on Google Play" })).toHaveAttribute("href", /com\.hmdm\.launcher/);
  await expect(phone.getByText("KNOX or another company’s management").first()).toBeVisible();
  const number = (await phone.getByText("Type this number: m-").textContent())!.match(/m-[0-9a-f]{10}/)![0];
  expect(await phone.getByRole("textbox", { name: "Your link" }).first().inputValue()).toBe(made);

  agent("anna", "set-up", "--server", made, "--number", number, "--model", "Pixel 8", "--serial", "R5CT1", "--device-owner");
  agent("anna", "sync");
  await expect(phone.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 10_000 });
  const row = page.getByRole("row").filter({ hasText: "Pixel 8" });
  await expect(row).toContainText("Anna Petrova", { timeout: 5000 });

  await row.getByRole("link", { name: "Pixel 8" }).click();
  const commands = page.getByRole("region", { name: "Requests" });
  const life = lives("anna");
  await life.until("poll");
  await commands.getByText("Do more").click();
  const menu = commands.locator(".orders .menu");
  await expect(menu.getByRole("button", { name: "Unlock" })).toBeDisabled();
  await menu.getByRole("button", { name: "Lock", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Lock" });
  await expect(dialog.getByText("Anna Petrova · Pixel 8 · serial number R5CT1")).toBeVisible();
  await dialog.getByLabel("Message on the screen").fill("Bring it to ward 3");
  await dialog.getByRole("button", { name: "Lock" }).click();
  await life.until("lock");
  await expect(commands.getByRole("listitem").filter({ hasText: "Bring it to ward 3" })).toContainText("does not say whether it was done");
  await expect(page.getByText("Locked from here").first()).toBeVisible();
  expect(life.harmed()).toBe(false);
  life.end();
  expect(faults).toEqual([]);
});

test("a computer: the agent scans the code, nothing is typed, and a second phone is refused", async ({ page }) => {
  const made = link();
  const desktop = await on(page, WINDOWS, made);
  const fold = desktop.locator("details").filter({ hasText: "scan instead of typing" });
  await fold.locator("summary").click();
  await expect.poll(() => fold.locator("img").evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  const picture = PNG.sync.read(await fold.locator("img").screenshot());
  const text = jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height)!.data;
  const extras = JSON.parse(text)["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"];
  expect(`${extras["com.hmdm.BASE_URL"]}/${extras["com.hmdm.SERVER_PROJECT"]}`).toBe(made);

  writeFileSync(join(world.folder, "code.json"), text);
  agent("anna", "set-up", "--qr", join(world.folder, "code.json"), "--model", "Galaxy A54");
  agent("anna", "sync");
  await expect(desktop.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 10_000 });
  expect(world.json("devices", "list")[0].model).toBe("Galaxy A54");

  agent("boris", "set-up", "--server", made, "--number", "boris");
  expect(() => agent("boris", "sync")).toThrow();
  expect(world.json("devices", "list")).toHaveLength(1);
});
