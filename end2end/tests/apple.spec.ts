// iPhones: from the link to a device under management, what it is told, and how its management ends.
import { expect, test, type Page } from "@playwright/test";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeApple } from "./fakeapple";
import { IPHONE, World, problems, ready } from "./world";

let world: World;
let apple: FakeApple;

test.beforeEach(async () => {
  world = await new World().start();
  apple = new FakeApple();
  apple.days = 300;
  apple.push("push");
  world.people("Anna Petrova,anna@northwind.example,Ward 3\nBoris Ahmed,boris@northwind.example,Ward 3\n");
  world.muster("apple", "cert", "upload", apple.path("push.pem"), "--key", apple.path("push.key"));
});

test.afterEach(() => {
  world.stop();
  apple.stop();
});

const linkFor = (email: string): string => world.json("invite", email, "--print-link")[0].link;

/** The simulated iPhone of that name. */
const iphone = (name: string, ...words: string[]) => world.agent(name, "apple", "--allow-http", ...words);
const status = (name: string) => JSON.parse(iphone(name, "status", "--json"));

async function onIphone(page: Page, link: string): Promise<Page> {
  const context = await page.context().browser()!.newContext({ userAgent: IPHONE, viewport: { width: 390, height: 844 }, acceptDownloads: true });
  const opened = await context.newPage();
  await opened.goto(link);
  return opened;
}

async function second(page: Page, path: string): Promise<Page> {
  const context = await page.context().browser()!.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(`${world.base}${path}`);
  await ready(other);
  return other;
}

/** A profile in a file: Wi-Fi for the ward. */
function wifi(): string {
  const file = join(mkdtempSync(join(tmpdir(), "profile-")), "wifi.mobileconfig");
  writeFileSync(file, readFileSync(join(__dirname, "../../server/tests/suite/server_functions/wifi.mobileconfig")));
  return file;
}

test("a nurse opens the link on her iPhone, the profile comes by itself, and the phone appears with its owner", async ({ page }) => {
  const faults = problems(page);
  await world.signUp(page);
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const users = await second(page, "/users");
  const link = linkFor("anna@northwind.example");

  const context = await page.context().browser()!.newContext({ userAgent: IPHONE, viewport: { width: 390, height: 844 }, acceptDownloads: true });
  const phone = await context.newPage();
  const download = phone.waitForEvent("download");
  await phone.goto(link);
  await expect(phone.getByRole("heading", { name: "Connect this iPhone" })).toBeVisible();
  expect((await download).suggestedFilename()).toBe("muster.mobileconfig");
  await expect(phone.getByText("This website is trying to download a configuration profile")).toBeVisible();
  await expect(phone.locator("[data-s='1']")).toHaveClass(/ok/, { timeout: 10_000 });
  await expect(phone.locator("[data-s='3']")).not.toHaveClass(/ok/);

  iphone("anna", "enroll", link, "--name", "Anna’s iPhone");
  await expect(phone.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 10_000 });
  const row = page.getByRole("row").filter({ hasText: "Anna’s iPhone" });
  await expect(row).toContainText("Anna Petrova", { timeout: 3000 });
  await expect(row).toContainText(/iPhone\d+,\d+/);
  await expect(row).toContainText("iOS 18");
  await expect(users.getByRole("row").filter({ hasText: "Anna Petrova" }).locator("td.count")).toHaveText("1");
  await expect(users.getByRole("row").filter({ hasText: "Anna Petrova" })).toContainText("OK");

  // What it was asked after it connected.
  iphone("anna", "run", "--once");
  await row.getByRole("link", { name: "Anna’s iPhone" }).click();
  await expect(page.getByRole("heading", { name: "Anna’s iPhone" })).toBeVisible();
  await expect(page.getByText(/iOS 18/).first()).toBeVisible();
  await page.locator("details.held summary").filter({ hasText: "Apps" }).click();
  await expect(page.locator("details.held[open] li").first()).toBeVisible();
  expect(faults).toEqual([]);
});

test("lock is told, put off while the phone is locked, and done; what it cannot do says why", async ({ page }) => {
  await world.signUp(page);
  iphone("anna", "enroll", linkFor("anna@northwind.example"), "--name", "Anna’s iPhone");
  iphone("anna", "run", "--once");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Anna’s iPhone" }).click();
  const commands = page.getByRole("region", { name: "Requests" });
  await commands.getByText("Do more").click();
  const menu = commands.locator(".orders .menu");
  await expect(menu.getByRole("button", { name: "Restart" })).toBeDisabled();
  await expect(menu.getByText("Only on supervised devices").first()).toBeVisible();

  // By the keyboard: the menu, the question, back to where one was.
  await menu.getByRole("button", { name: "Lock", exact: true }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Lock" });
  await dialog.getByLabel("Message on the screen").fill("Bring it to ward 3");
  await dialog.getByLabel("Number to call").fill("call me");
  await dialog.getByRole("button", { name: "Lock" }).click();
  await expect(dialog.getByText("Digits, blanks")).toBeVisible();
  await dialog.getByLabel("Number to call").fill("+49 30 1234");
  await dialog.getByRole("button", { name: "Lock" }).click();
  await expect(dialog).toBeHidden();
  await expect(commands.locator(".orders summary")).toBeFocused();
  const line = commands.getByRole("listitem").filter({ hasText: "Bring it to ward 3" });
  await expect(line).toContainText("waiting for the phone");
  iphone("anna", "run", "--once");
  await expect(line).toContainText("done", { timeout: 3000 });

  // A profile is put off while the screen is locked.
  await page.goto(`${world.base}/settings/apple`);
  await ready(page);
  await page.locator("input[type=file][accept='.mobileconfig']").setInputFiles(wifi());
  await expect(page.getByText("org.example.wifi", { exact: true })).toBeVisible();
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Anna’s iPhone" }).click();
  await commands.getByText("Do more").click();
  await menu.getByRole("button", { name: "Install a profile" }).click();
  const install = page.getByRole("dialog", { name: "Install a profile" });
  await install.getByLabel("Profile").selectOption({ label: "Ward Wi-Fi" });
  await install.getByRole("button", { name: "Install a profile" }).click();
  await expect(install).toBeHidden();
  const put = commands.getByRole("listitem").filter({ hasText: "Ward Wi-Fi" });
  iphone("anna", "run", "--once", "--locked");
  await expect(put).toContainText("not now", { timeout: 3000 });
  iphone("anna", "run", "--once");
  await expect(put).toContainText("done", { timeout: 3000 });

  // Apple's service is not there in a test: who presses the button is told so.
  await commands.getByRole("button", { name: "Call", exact: true }).click();
  await expect(commands).toContainText("Cannot be called: ", { timeout: 20_000 });
  expect(Object.values(status("anna").executed as Record<string, { request_type: string; times: number }>).every((e) => e.times === 1)).toBe(true);
});

test("what cannot be undone wants the name, and an erased phone has left", async ({ page }) => {
  await world.signUp(page);
  const link = linkFor("anna@northwind.example");
  iphone("anna", "enroll", link, "--name", "Anna’s iPhone");
  iphone("anna", "run", "--once");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Anna’s iPhone" }).click();
  const commands = page.getByRole("region", { name: "Requests" });
  await commands.getByText("Do more").click();
  await commands.getByRole("button", { name: "Erase", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Erase" });
  await dialog.getByLabel(/Type Anna/).fill("Anna");
  await dialog.getByRole("button", { name: "Erase" }).click();
  await expect(dialog.getByText("This is not the device's name.")).toBeVisible();
  await dialog.getByLabel(/Type Anna/).fill("Anna’s iPhone");
  await dialog.getByRole("button", { name: "Erase" }).click();
  await expect(dialog).toBeHidden();
  iphone("anna", "run", "--once");
  await expect(page.getByText("Its profile was removed").first()).toBeVisible({ timeout: 3000 });
  // Set up again by its own link it is the same row.
  iphone("anna", "enroll", link, "--name", "Anna’s iPhone");
  await expect(page.getByText("Its profile was removed").first()).toBeHidden({ timeout: 3000 });
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await expect(page.getByRole("row").filter({ hasText: "Anna’s iPhone" })).toHaveCount(1);
});

test("a removed profile is critical, the same phone comes back by its link, and another one is refused", async ({ page }) => {
  await world.signUp(page);
  const link = linkFor("anna@northwind.example");
  iphone("anna", "enroll", link, "--name", "Anna’s iPhone");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const row = page.getByRole("row").filter({ hasText: "Anna’s iPhone" });
  iphone("anna", "remove-profile");
  await expect(row).toContainText("Critical", { timeout: 3000 });
  await expect(row).toContainText("Its profile was removed");
  iphone("anna", "enroll", link, "--name", "Anna’s iPhone");
  await expect(row).toContainText("OK", { timeout: 3000 });
  expect(() => iphone("other", "enroll", link, "--name", "Another")).toThrow();
  await expect(page.getByRole("row").filter({ hasText: "Another" })).toHaveCount(0);

  // The message tells how far the phones came.
  await page.goto(`${world.base}/invitations`);
  await ready(page);
  await page.getByRole("link", { name: "Anna Petrova" }).first().click();
  await page.getByRole("region", { name: "Messages" }).getByRole("link", { name: "Connected" }).click();
  const way = page.getByRole("region", { name: "How far the phone came" });
  await expect(way.getByText("Connected", { exact: true })).toBeVisible();
  await expect(way.getByText("Was refused", { exact: true })).toBeVisible();
  await expect(way.getByText("already connected another device")).toBeVisible();
});

test("a phone that is enrolled moves to another link only when it is let", async ({ page }) => {
  await world.signUp(page);
  iphone("anna", "enroll", linkFor("anna@northwind.example"), "--name", "Ward phone");
  const moved = linkFor("boris@northwind.example");
  // It was wiped: it says no good-bye.
  expect(() => iphone("anna", "enroll", moved, "--name", "Ward phone")).toThrow();
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.getByRole("link", { name: "Ward phone" }).click();
  await expect(page.getByText("This phone was opened with another link")).toBeVisible();
  await page.getByRole("button", { name: "Let it move" }).click();
  await expect(page.getByText("This phone was opened with another link")).toBeHidden();
  iphone("anna", "enroll", moved, "--name", "Ward phone");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const rows = page.getByRole("row").filter({ hasText: "Ward phone" });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Boris Ahmed");
});

test("many iPhones are told at once, and an Android among them says why not", async ({ page }) => {
  await world.signUp(page);
  iphone("anna", "enroll", linkFor("anna@northwind.example"), "--name", "Anna’s iPhone");
  iphone("boris", "enroll", linkFor("boris@northwind.example"), "--name", "Boris’ iPhone");
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8");
  await page.goto(`${world.base}/devices`);
  await ready(page);
  await page.locator("thead input[type=checkbox]").check();
  await page.locator(".strip").getByRole("button", { name: "Do more" }).click();
  const dialog = page.getByRole("dialog", { name: "Tell 3 devices to do something" });
  await dialog.getByLabel("What").selectOption({ label: "Lock" });
  await dialog.getByLabel("Message on the screen").fill("Ward 3");
  await dialog.getByRole("button", { name: "Lock" }).click();
  await expect(page.getByText("2 done, 1 left as it is", { exact: true })).toBeVisible();
  for (const name of ["anna", "boris"]) {
    iphone(name, "run", "--once");
    const done = Object.values(status(name).executed as Record<string, { request_type: string; times: number }>);
    expect(done.filter((e) => e.request_type === "DeviceLock").map((e) => e.times)).toEqual([1]);
  }
});
