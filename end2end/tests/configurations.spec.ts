// A configuration from the first press to the phone: made, reviewed with what differs and whom it reaches, saved, fetched by the agent,
// refused when it is stale, brought back. The agent is headwind-agent, as its source has it.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

const PROGRAM = join(__dirname, "../headwind-agent/headwind-agent");

test.describe.configure({ timeout: 120_000 });

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
  world.people("Anna Petrova,anna@northwind.example,Tills\nBoris Ivanov,boris@northwind.example,Office\n");
});

test.afterEach(() => world.stop());

/** Runs a command of the agent; throws if the phone would be harmed, or is told something that the agent does not know. */
function agent(name: string, ...words: string[]): string {
  return execFileSync(PROGRAM, ["--state", join(world.folder, `${name}.phone`), "--speed", "20", ...words], { encoding: "utf8" });
}

/** A phone of that person, connected. */
function connected(name: string, ...words: string[]) {
  const link = world.json("invite", `${name}@northwind.example`, "--print-link")[0].link;
  agent(name, "set-up", "--server", link, "--number", name, "--model", "Pixel 8", "--serial", `S-${name}`, ...words);
  agent(name, "sync");
}

/** The agent lives on until the test ends; what happens to it can be waited for. */
function lives(name: string) {
  const child: ChildProcess = spawn(PROGRAM, ["--state", join(world.folder, `${name}.phone`), "--events", "-", "--speed", "20", "run"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout!.on("data", (chunk) => (text += chunk));
  return {
    until: (what: RegExp) => expect.poll(() => text, { timeout: 20_000 }).toMatch(what),
    harmed: () => /"event":"(crash|unknown-field)"/.test(text),
    end: () => child.kill(),
  };
}

async function save(page: Page, reaches: string): Promise<string> {
  await page.getByRole("button", { name: "Review and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save these changes?" });
  await expect(dialog.getByText(reaches)).toBeVisible();
  const differences = (await dialog.getByRole("listitem").allInnerTexts()).join("\n");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  return differences;
}

test("a configuration is made, shown with what it changes and whom it reaches, and fetched by the phone", async ({ page }) => {
  const faults = problems(page);
  connected("anna", "--device-owner");
  connected("boris");
  await world.signUp(page);
  await page.goto(`${world.base}/settings`);
  await ready(page);
  await page.getByRole("navigation", { name: "Views of the settings" }).getByRole("link", { name: "Configurations" }).click();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeFocused();
  await expect(page.getByText("No configuration yet")).toBeVisible();
  await page.getByRole("link", { name: "New configuration" }).click();
  await expect(page.getByRole("heading", { name: "New configuration" })).toBeVisible();

  await page.getByLabel("Name", { exact: true }).fill("Kiosk tills");
  await page.getByLabel("Tills").check();
  await page.getByLabel("The agent is the home screen").selectOption("Yes");
  await page.getByRole("textbox", { name: "Volume" }).fill("130");
  await page.getByRole("button", { name: "Apps: add a row", exact: true }).click();
  const row = page.getByRole("group", { name: "Apps, row 1", exact: true });
  await row.getByLabel("Address").fill("http://files.example/till.apk");
  await page.getByRole("button", { name: "Review and save" }).click();
  // What is wrong stands at its field, the first has the focus, and nothing was saved.
  await expect(page.getByRole("textbox", { name: "Volume" })).toBeFocused();
  await expect(page.getByText("Type a whole number from 0 to 100")).toBeVisible();
  await expect(row.getByText("Fill this in")).toBeVisible();
  await expect(row.getByText("begins with https://")).toBeVisible();
  expect(world.json("configurations", "list")).toEqual([]);

  await page.getByRole("textbox", { name: "Volume" }).fill("30");
  await row.getByLabel("Package").fill("org.example.till");
  await row.getByLabel("Address").fill("https://127.0.0.1:1/till.apk");
  const life = lives("anna");
  await life.until(/"event":"poll"/);
  const differences = await save(page, "This reaches 1 device.");
  expect(differences).toMatch(/The agent is the home screen[\s\S]*left as it is → Yes/);
  expect(differences).toMatch(/Apps[\s\S]*org\.example\.till[\s\S]*added Address: https:\/\/127\.0\.0\.1:1\/till\.apk/);
  await life.until(/"volume":30/);
  await life.until(/"event":"launcher"[^\n]*"own":true/);
  await expect(page.getByRole("heading", { name: "Kiosk tills" })).toBeVisible();

  // A change of it: from what to what.
  await page.getByRole("textbox", { name: "Volume" }).fill("40");
  expect(await save(page, "This reaches 1 device.")).toMatch(/Volume[\s\S]*30 → 40/);
  await life.until(/"volume":40/);
  expect(life.harmed()).toBe(false);
  life.end();
  const [made] = world.json("configurations", "list");
  expect([made.version, made.devices, made.groups]).toEqual([2, 1, ["Tills"]]);

  // Its device says which version it has, and what it lacks.
  await page.goto(`${world.base}/devices`);
  await ready(page);
  const device = page.getByRole("row").filter({ hasText: "Anna Petrova" });
  await expect(device).toContainText("Apps not as configured: org.example.till is missing");
  await device.getByRole("link", { name: "Pixel 8" }).click();
  await expect(page.getByText("Kiosk tills, version 2")).toBeVisible();

  // A former version is brought back as a new one.
  await page.goto(`${world.base}/configurations`);
  await ready(page);
  await expect(page.getByText("1 device", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Kiosk tills" }).click();
  await page.getByRole("button", { name: "Bring back version 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Save these changes?" });
  await expect(dialog.getByRole("listitem")).toContainText("40 → 30");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("brought back version 1")).toBeVisible();
  expect(world.json("configurations", "show", "Kiosk tills").settings.volume).toBe(30);
  expect(faults).toEqual([]);
});

test("two administrators at once: the second save is refused in words, and nothing that was typed is lost", async ({ page }) => {
  await world.signUp(page);
  await page.goto(`${world.base}/configurations/new`);
  await ready(page);
  await page.getByLabel("Name", { exact: true }).fill("All");
  await page.getByLabel("Everybody").check();
  await page.getByRole("textbox", { name: "Volume" }).fill("30");
  await save(page, "This reaches 0 devices.");
  await expect(page.getByRole("heading", { name: "All" })).toBeVisible();
  await page.getByLabel("Screen goes dark after").fill("60");
  await page.getByRole("textbox", { name: "Title" }).fill("Ward");
  // A colleague, at the command line.
  const file = join(world.folder, "settings.json");
  execFileSync("sh", ["-c", `echo '{"volume": 50, "title": "Wards"}' > ${file}`]);
  world.muster("configurations", "set", "All", "--file", file);
  const notice = page.getByText("Somebody has saved version 2 meanwhile");
  await expect(notice).toBeVisible({ timeout: 10_000 });
  // It is seen wherever one stands on the page.
  for (const place of [0, 1, 0.5]) {
    await page.evaluate((part) => window.scrollTo(0, document.body.scrollHeight * part), place);
    await expect(notice).toBeInViewport({ ratio: 1 });
  }
  await page.getByRole("button", { name: "Review and save" }).click();
  await expect(page.getByRole("dialog", { name: "Save these changes?" })).toBeHidden();
  await expect(page.getByLabel("Screen goes dark after")).toHaveValue("60");
  await page.getByRole("button", { name: "Put mine onto version 2" }).click();
  // What I did not touch is as the colleague has it, and what both changed is said.
  await expect(page.getByRole("textbox", { name: "Volume" })).toHaveValue("50");
  await expect(page.getByRole("alert").filter({ hasText: "changed the same" })).toContainText("Title yours: Ward, theirs: Wards");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("Wards");
  await expect(page.getByRole("textbox", { name: "Volume" })).toHaveValue("50");
  await page.getByLabel("Screen goes dark after").fill("60");
  const differences = await save(page, "This reaches 0 devices.");
  expect(differences).toMatch(/Screen goes dark after[\s\S]*left as it is → 60/);
  expect(differences).not.toContain("Volume");
  expect(world.json("configurations", "show", "All").settings).toEqual({ volume: 50, timeout: 60, title: "Wards" });
  // Nothing to change is no version.
  execFileSync("sh", ["-c", `echo '{"volume": 50, "timeout": 60, "title": "Wards"}' > ${file}`]);
  expect(world.json("configurations", "set", "All", "--file", file).version).toBe(3);
  expect(world.json("configurations", "list")[0].version).toBe(3);
  // Deleted meanwhile: it is said where one stands, and cannot be saved.
  await page.getByLabel("Screen goes dark after").fill("90");
  world.muster("configurations", "delete", "All");
  await expect(page.getByRole("alert").filter({ hasText: "not there any more" })).toContainText("somebody has deleted it", { timeout: 10_000 });
  await expect(page.getByRole("button", { name: "Review and save" })).toBeDisabled();
});

test("before it is saved it is said whom a configuration does not reach, and why; who leaves with edits is asked, or finds them", async ({ page }) => {
  connected("anna");
  await world.signUp(page);
  const file = join(world.folder, "settings.json");
  execFileSync("sh", ["-c", `echo '{"volume": 50}' > ${file}`]);
  world.muster("configurations", "set", "All", "--file", file, "--everybody");
  await page.goto(`${world.base}/configurations/new`);
  await ready(page);
  const dialog = page.getByRole("dialog", { name: "Save these changes?" });
  const review = async () => {
    await page.getByRole("button", { name: "Review and save" }).click();
    await expect(dialog).toBeVisible();
    const said = await dialog.innerText();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    return said;
  };
  await page.getByLabel("Name", { exact: true }).fill("ALL");
  await page.getByRole("button", { name: "Review and save" }).click();
  await expect(page.getByText("Another configuration has this name")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await page.getByLabel("Name", { exact: true }).fill("Tills");
  expect(await review()).toMatch(/It sets nothing yet[\s\S]*This reaches 0 devices[\s\S]*It is for nobody/);
  await page.getByLabel("Tills").check();
  expect(await review()).toMatch(/This reaches 0 devices[\s\S]*1 more device is its people’s, but has “All”, which comes first/);
  await page.getByLabel("Tills").uncheck();
  await page.getByLabel("Office").check();
  expect(await review()).toContain("Nobody whom it is for has an Android device");
  await page.getByLabel("Wi-Fi", { exact: true }).selectOption("Held off");
  await page.getByLabel("Time zone").fill("Europe/Moskow");
  await page.getByLabel("What is not allowed").fill("no_instal_apps");
  await page.getByRole("button", { name: "Review and save" }).click();
  await expect(page.getByText("Did you mean Europe/Moscow?")).toBeVisible();
  await expect(page.getByText("Did you mean no_install_apps?")).toBeVisible();

  // A link asks first; the browser's own way back keeps what was typed.
  await page.getByRole("navigation").getByRole("link", { name: /^Devices/ }).first().click();
  const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Tills");
  await page.getByRole("navigation").getByRole("link", { name: /^Devices/ }).first().click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();

  await page.goto(`${world.base}/configurations`);
  await ready(page);
  await page.getByRole("link", { name: "All", exact: true }).click();
  await page.getByRole("textbox", { name: "Volume" }).fill("60");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Configurations" })).toBeVisible();
  await page.getByRole("link", { name: "All", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Volume" })).toHaveValue("60");
});

test("the keyboard alone makes, orders and deletes configurations, also on a narrow dark screen", async ({ page }) => {
  const faults = problems(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await world.signUp(page);
  const file = join(world.folder, "settings.json");
  execFileSync("sh", ["-c", `echo '{"volume": 50}' > ${file}`]);
  world.muster("configurations", "set", "First", "--file", file, "--everybody");
  world.muster("configurations", "set", "Second", "--file", file, "--group", "Office");
  await page.goto(`${world.base}/configurations`);
  await ready(page);
  await page.getByRole("button", { name: "Second: earlier" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").first()).toContainText("Second");
  await expect(page.getByRole("button", { name: "Second: later" })).toBeFocused();
  await expect.poll(() => world.json("configurations", "list")[0].name).toBe("Second");
  await page.getByRole("button", { name: "Delete: First" }).focus();
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog", { name: "Delete “First”?" });
  await expect(question.getByText("All its versions are lost. 0 devices")).toBeVisible();
  await question.getByRole("button", { name: "Delete" }).press("Enter");
  await expect(page.getByRole("link", { name: "First" })).toBeHidden();
  await page.getByRole("link", { name: "Second" }).press("Enter");
  await expect(page.getByRole("textbox", { name: "Volume" })).toHaveValue("50");
  const add = page.getByRole("button", { name: "Log: add a row" });
  await add.press("Enter");
  await expect(page.getByRole("group", { name: "Log, row 1" }).getByLabel("Package")).toBeFocused();
  await page.keyboard.type("com.hmdm.launcher");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: "Log, row 1: take out" }).press("Enter");
  await expect(page.getByRole("group", { name: "Log, row 1" })).toBeHidden();
  expect(faults).toEqual([]);
});
