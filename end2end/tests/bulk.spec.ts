// Many messages and devices at once: what is ticked, what is asked, how far it is, what was refused row by row, and the
// way back.
import { readFileSync } from "node:fs";
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 390, height: 844 };

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

/** What axe finds that is serious or moderate. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(`(() => { ${AXE} })()`);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> } }).axe;
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.filter((v) => v.impact !== "minor").map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  });
}

function linkFor(email: string): string {
  return world.json("invite", email, "--print-link")[0].link;
}

/** Anna, Boris and Chidi, each with a phone. */
function three() {
  world.people("Anna Petrova,anna@northwind.example,\nBoris Ahmed,boris@northwind.example,\nChidi Okoro,chidi@northwind.example,\n");
  for (const [name, model] of [["anna", "Pixel 8"], ["boris", "Galaxy S24"], ["chidi", "Moto G"]]) {
    world.agent(name, "enroll", linkFor(`${name}@northwind.example`), "--model", model);
  }
}

/** So many people of a group, each with a link. */
function crowd(n: number) {
  const line = (i: number) => `Person ${String(i).padStart(3, "0")},person${i}@northwind.example,Crowd\n`;
  world.people(Array.from({ length: n }, (_, i) => line(i + 1)).join(""));
  world.muster("invite", "--group", "Crowd", "--print-link");
}

async function open(page: Page, path: string) {
  await page.goto(`${world.base}${path}`);
  await ready(page);
}

const strip = (page: Page): Locator => page.locator(".strip");
const job = (page: Page): Locator => page.locator(".job");
const told = (page: Page): Locator => job(page).locator(".line");

test("devices are named by a pattern that is checked as one types, and put back but for what somebody changed since", async ({ page }) => {
  const complaints = problems(page);
  three();
  await world.signUp(page);
  await open(page, "/devices");
  await expect(strip(page)).toContainText("Tick devices");
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await expect(strip(page).getByRole("status")).toHaveText("3 selected");
  await strip(page).getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename 3 devices" });
  await expect(dialog.getByRole("listitem").first()).toHaveText("Galaxy S24 → Boris Ahmed Galaxy S24 1");
  const pattern = dialog.getByRole("textbox", { name: "Pattern" });
  await pattern.fill("{owner} {ward}");
  await expect(dialog.getByText("There is no {ward}.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Rename" })).toBeDisabled();
  await pattern.fill("{serial}");
  await expect(dialog.getByText("the name would be empty.")).toHaveCount(3);
  await pattern.fill("Ward 3:");
  await dialog.getByRole("button", { name: /Number in the selection/ }).click();
  await expect(pattern).toHaveValue("Ward 3: {n}");
  await expect(dialog.getByText("Ward 3: 1", { exact: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(told(page)).toHaveText("3 done");
  await expect(job(page)).toBeFocused();
  await expect(strip(page)).toContainText("Tick devices");
  for (const name of ["Ward 3: 1", "Ward 3: 2", "Ward 3: 3"]) await expect(page.getByRole("link", { name, exact: true })).toBeVisible();

  const other = await page.context().newPage();
  await open(other, `/devices/${world.json("devices", "list")[0].id}`);
  await other.getByRole("button", { name: "Rename" }).click();
  await other.getByRole("dialog").getByLabel("Name").fill("Front desk");
  await other.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Front desk" })).toBeVisible();
  await job(page).getByRole("button", { name: "Undo" }).click();
  await expect(told(page)).toHaveText("2 done, 1 left as it is");
  await expect(job(page).getByRole("listitem")).toHaveText(/^Front desk · (Anna|Boris|Chidi) .*: somebody has changed it since\.$/);
  await expect(job(page).getByRole("link", { name: /^Front desk/ })).toHaveAttribute("href", /^\/devices\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("link", { name: "Moto G" })).toBeVisible();
  await expect(job(page).getByRole("button", { name: "Undo" })).toHaveCount(0);
  await job(page).getByRole("button", { name: "Close" }).click();
  await expect(job(page)).toHaveCount(0);
  // Each row has its own entry, of the act and of the way back.
  await open(page, "/audit");
  await expect(page.getByRole("row", { name: /Ward 3: 1/ }).first()).toBeVisible();
  expect(complaints).toEqual([]);
});

/** Presses Tab until what has this name has the focus. */
async function tabTo(page: Page, name: RegExp) {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const e = document.activeElement;
      return e?.getAttribute("aria-label") ?? e?.textContent ?? "";
    });
    if (name.test(here)) return;
  }
  throw new Error(`nothing named ${name} comes by Tab`);
}

test("by keyboard alone: devices go to another person, back again, and are deleted", async ({ page }) => {
  three();
  await world.signUp(page);
  await open(page, "/devices");
  await page.getByRole("searchbox").focus();
  await tabTo(page, /^Select Moto G/);
  await page.keyboard.press("Space");
  await page.getByRole("searchbox").focus();
  await tabTo(page, /^Select Pixel 8/);
  await page.keyboard.press("Space");
  await expect(strip(page).getByRole("status")).toHaveText("2 selected");
  await page.getByRole("searchbox").focus();
  await tabTo(page, /^Change owner$/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Give 2 devices to one person" });
  await expect(dialog.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("boris");
  await expect(dialog.getByRole("button", { name: /Boris Ahmed/ })).toBeVisible();
  await expect(dialog.getByRole("button", { name: /Anna/ })).toHaveCount(0);
  await tabTo(page, /^Boris Ahmed/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Give it to Boris Ahmed$/);
  await page.keyboard.press("Enter");
  await expect(told(page)).toHaveText("2 done");
  await expect(page.getByRole("row").filter({ hasText: "Boris Ahmed" })).toHaveCount(3);
  await expect(job(page)).toBeFocused();
  await tabTo(page, /^Undo$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row").filter({ hasText: "Boris Ahmed" })).toHaveCount(1);
  await expect(told(page)).toHaveText("2 done");

  await tabTo(page, /^Select this page$/);
  await page.keyboard.press("Space");
  await page.getByRole("searchbox").focus();
  await tabTo(page, /^Delete$/);
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog", { name: "Delete 3 devices?" });
  await expect(question).toContainText("devices of 3 people");
  await expect(question).toContainText("cannot be undone");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(strip(page).getByRole("status")).toHaveText("3 selected");
  // Escape gives the focus back to the button that asked.
  await expect(strip(page).getByRole("button", { name: "Delete" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toBeVisible();
  await tabTo(page, /^Delete$/);
  await page.keyboard.press("Enter");
  await expect(told(page)).toHaveText("3 done");
  await expect(page.getByText("No device has connected yet")).toBeVisible();
  expect(world.json("devices", "list")).toEqual([]);
  expect(world.json("invitations", "list").map((i: { state: string }) => i.state)).toEqual(["revoked", "revoked", "revoked"]);
});

test("messages: who cannot be sent again is told row by row, and withdrawing says that it is for good", async ({ page }) => {
  world.people("Anna Petrova,anna@northwind.example,\nBoris Ahmed,boris@northwind.example,\nChidi Okoro,chidi@northwind.example,\nFarah Haddad,,Night\n");
  const [, boris] = [linkFor("anna@northwind.example"), linkFor("boris@northwind.example")];
  world.agent("boris", "enroll", boris, "--model", "Pixel 8");
  linkFor("chidi@northwind.example");
  const chidi = world.json("invitations", "list").find((i: { email: string }) => i.email === "chidi@northwind.example");
  world.muster("invitations", "revoke", chidi.id);
  world.muster("invite", "--group", "Night", "--print-link");
  await world.signUp(page);
  await open(page, "/invitations");
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await strip(page).getByRole("button", { name: "Send again" }).click();
  // What comes of it is said before.
  const question = page.getByRole("alertdialog", { name: "Send 1 message again?" });
  await expect(question).toContainText("cannot be undone");
  await expect(question).toContainText(/1 of 4 can be sent again: .*\./);
  for (const why of ["1 is connected", "1 is withdrawn", "1 has no address"]) await expect(question).toContainText(why);
  await question.getByRole("button", { name: "Send 1 again" }).click();
  await expect(told(page)).toHaveText("1 of 4 done, 1 left as it is");
  // Only what may pass is told row by row: the other reasons are there for good.
  await expect(job(page).getByRole("listitem")).toHaveText(/^Farah Haddad.*: the person has no e-mail address\.$/);
  await expect(job(page).getByRole("button", { name: "Undo" })).toHaveCount(0);
  // An address was all that was missing.
  const farah = world.json("users", "list").find((u: { name: string }) => u.name === "Farah Haddad");
  const other = await page.context().newPage();
  await open(other, `/users/${farah.id}`);
  await other.getByRole("button", { name: "Edit" }).first().click();
  await other.getByRole("dialog").getByLabel("E-mail").fill("farah@northwind.example");
  await other.keyboard.press("Enter");
  await expect(other.getByText("farah@northwind.example").first()).toBeVisible();
  await job(page).getByRole("button", { name: "Try these again" }).click();
  await expect(told(page)).toHaveText("2 of 4 done");

  await page.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
  await page.getByRole("checkbox", { name: "Select Boris Ahmed" }).check();
  await strip(page).getByRole("button", { name: "Withdraw" }).click();
  const end = page.getByRole("alertdialog", { name: "Withdraw 2 links?" });
  await expect(end).toContainText("it cannot be undone");
  await end.getByRole("button", { name: "Withdraw 2" }).click();
  await expect(told(page)).toHaveText("2 done");
  expect(world.json("invitations", "list").filter((i: { state: string }) => i.state === "revoked")).toHaveLength(3);
  // Where nothing can be done, nothing is.
  await page.getByRole("checkbox", { name: "Select Boris Ahmed" }).check();
  await page.getByRole("checkbox", { name: "Select Chidi Okoro" }).check();
  await strip(page).getByRole("button", { name: "Withdraw" }).click();
  const nothing = page.getByRole("alertdialog");
  await expect(nothing).toContainText("0 of 2 can be withdrawn: 2 are withdrawn.");
  await expect(nothing.getByRole("button", { name: "Withdraw 0" })).toBeDisabled();
});

test("on a phone: all that match on all pages are extended but for one, and put back", async ({ page }) => {
  crowd(60);
  await page.setViewportSize(PHONE);
  await world.signUp(page);
  await open(page, "/invitations");
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await expect(strip(page).getByRole("status")).toHaveText("50 selected");
  await strip(page).getByRole("button", { name: "Select all 60 that match" }).click();
  await page.getByRole("checkbox", { name: /^Select Person/ }).first().uncheck();
  await expect(strip(page).getByRole("status")).toHaveText("59 selected");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByRole("checkbox", { name: /^Select Person/ })).toHaveCount(10);
  await expect(page.getByRole("checkbox", { name: /^Select Person/ }).first()).toBeChecked();
  await strip(page).getByRole("button", { name: "Extend" }).click();
  await expect(page.getByRole("dialog", { name: "Let 59 links work for longer" })).toBeVisible();
  // Its name says how many it would be.
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Days from now").fill("91");
  await expect(dialog.getByRole("button", { name: "Extend" })).toBeDisabled();
  // Fewer days than they have already: to none of them can it be done.
  await dialog.getByLabel("Days from now").fill("3");
  await expect(dialog).toContainText("0 of 59 can be extended: 59 work for longer already.");
  await expect(dialog.getByRole("button", { name: "Extend" })).toBeDisabled();
  await dialog.getByLabel("Days from now").fill("30");
  await expect(dialog).toContainText("Nobody is told of it");
  await page.keyboard.press("Enter");
  await expect(told(page)).toHaveText("59 done");
  await job(page).getByRole("button", { name: "Undo" }).click();
  await expect(job(page).getByText("Undoing")).toBeVisible();
  await expect(told(page)).toHaveText("59 done");
  // A filter is another question: nothing of "all" stays ticked.
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await strip(page).getByRole("button", { name: /^Select all/ }).click();
  await page.getByRole("searchbox").fill("Person 001");
  await expect(page.getByRole("checkbox", { name: /^Select Person/ })).toHaveCount(1);
  await expect(strip(page).getByRole("status")).toContainText("Tick messages");
});

test("what was lost on the way is told and done once; stopped, the rest stays untouched and can be gone on with", async ({ page }) => {
  crowd(450);
  await world.signUp(page);
  await open(page, "/invitations");
  let calls = 0;
  await page.route("**/api/fn/invitations_act*", async (route) => {
    calls += 1;
    // The server does it, and its answer never comes.
    if (calls === 2) {
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  const all = async (act: string) => {
    await page.getByRole("checkbox", { name: "Select this page" }).check();
    await strip(page).getByRole("button", { name: /^Select all/ }).click();
    await strip(page).getByRole("button", { name: act }).click();
    await page.getByRole("alertdialog").locator(".danger").click();
  };
  await all("Send again");
  await expect(told(page)).toHaveText("200 done, 200 not confirmed, 50 untouched");
  await expect(job(page).getByRole("alert")).toBeVisible();
  await job(page).getByRole("button", { name: "Go on with the other 250" }).click();
  await expect(told(page)).toHaveText("450 done");
  await page.unroute("**/api/fn/invitations_act*");
  const entries: { action: string }[] = world.json("audit", "list", "--limit", "5000");
  expect(entries.filter((entry) => entry.action === "invitation.resent")).toHaveLength(450);

  await open(page, "/invitations");
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route("**/api/fn/invitations_act*", async (route) => {
    await held;
    return route.continue();
  });
  await all("Withdraw");
  await expect(told(page)).toHaveText("0 of 450");
  await expect(job(page).getByRole("progressbar")).toBeVisible();
  // Who closes the tab meanwhile is asked.
  const asked = () => page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
  expect(await asked()).toBe(true);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await expect(strip(page).getByRole("button", { name: "Send again" })).toBeDisabled();
  await job(page).getByRole("button", { name: "Stop" }).click();
  await expect(told(page)).toHaveText("Stopping…");
  // It is the console's, not the page's.
  await page.getByRole("navigation").getByRole("link", { name: /^Devices/ }).click();
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
  letGo();
  await expect(told(page)).toHaveText("200 done, 250 untouched");
  expect(world.json("invitations", "list").filter((i: { state: string }) => i.state === "revoked")).toHaveLength(200);
  expect(await asked()).toBe(false);
  await job(page).getByRole("button", { name: "Go on with the other 250" }).click();
  await expect(told(page)).toHaveText("450 done");
});

/** The server does it, and its answer never comes. */
async function loseAnswer(page: Page, name: string) {
  await page.route(`**/api/fn/${name}*`, async (route) => {
    await route.fetch();
    return route.abort();
  }, { times: 1 });
}

test("an answer that was lost: going on names, moves and deletes nothing twice, and all of it can still be undone", async ({ page }) => {
  three();
  world.people("Ward,,\n");
  await world.signUp(page);
  await open(page, "/devices");
  const names = () => world.json("devices", "list").map((d: { name: string }) => d.name).sort();
  const owners = () => world.json("devices", "list").map((d: { owner: string }) => d.owner).sort();
  const [before, whose] = [names(), owners()];
  const lost = async (act: string, answer: () => Promise<void>) => {
    await page.getByRole("checkbox", { name: "Select this page" }).check();
    await loseAnswer(page, "devices_act");
    await strip(page).getByRole("button", { name: act }).click();
    await answer();
    await expect(told(page)).toHaveText("0 done, 3 not confirmed");
    await job(page).getByRole("button", { name: "Go on with the other 3" }).click();
    await expect(told(page)).toHaveText("3 done");
  };
  await lost("Rename", async () => {
    await page.getByRole("textbox", { name: "Pattern" }).fill("{owner} {name}");
    await page.keyboard.press("Enter");
  });
  expect(names()).toEqual(["Anna Petrova Pixel 8", "Boris Ahmed Galaxy S24", "Chidi Okoro Moto G"]);
  await job(page).getByRole("button", { name: "Undo" }).click();
  await expect(job(page).getByText("Undoing")).toBeVisible();
  await expect(told(page)).toHaveText("3 done");
  expect(names()).toEqual(before);

  await lost("Change owner", async () => {
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("Moto G · Chidi Okoro");
    await page.keyboard.type("ward");
    await expect(dialog.getByRole("listitem")).toHaveCount(1);
    // The arrow keys lead into the results and back.
    await page.keyboard.press("ArrowDown");
    await expect(dialog.getByRole("button", { name: /^Ward/ })).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(dialog.getByRole("searchbox")).toBeFocused();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Give it to Ward" }).click();
  });
  expect(new Set(owners()).size).toBe(1);
  await job(page).getByRole("button", { name: "Undo" }).click();
  await expect(job(page).getByText("Undoing")).toBeVisible();
  await expect(told(page)).toHaveText("3 done");
  expect(owners()).toEqual(whose);

  await lost("Delete", async () => {
    const question = page.getByRole("alertdialog", { name: "Delete 3 devices?" });
    for (const one of ["Pixel 8 · Anna Petrova", "Galaxy S24 · Boris Ahmed", "Moto G · Chidi Okoro"]) await expect(question).toContainText(one);
    await question.getByRole("button", { name: "Delete" }).click();
  });
  expect(names()).toEqual([]);
});

test("no link ends earlier by being extended, and what is left is no success; one device is asked about as one", async ({ page }) => {
  three();
  world.people("Dora Lind,dora@northwind.example,\nEmil Sund,emil@northwind.example,\n");
  for (const name of ["dora", "dora", "emil"]) linkFor(`${name}@northwind.example`);
  await world.signUp(page);
  await open(page, "/invitations?state=sent");
  const extend = async (days: string) => {
    await strip(page).getByRole("button", { name: "Extend" }).click();
    await page.getByRole("dialog").getByLabel("Days from now").fill(days);
    await page.keyboard.press("Enter");
  };
  await page.getByRole("checkbox", { name: "Select Emil Sund" }).check();
  await extend("30");
  await expect(told(page)).toHaveText("1 done");
  await expect(page.locator(".announce")).not.toHaveClass(/warn/);
  const ends = () => world.json("invitations", "list").map((i: { expires_at: number }) => i.expires_at).sort();
  const longest = ends().at(-1);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await extend("8");
  await expect(told(page)).toHaveText("2 done, 1 left as it is");
  await expect(job(page).getByRole("listitem")).toHaveText(/^Emil Sund · .+: the link works for longer already, until .+\.$/);
  await expect(page.locator(".announce")).toHaveClass(/warn/);
  expect(ends().at(-1)).toBe(longest);
  // The single act is refused as plainly.
  const emil = world.json("invitations", "list").find((i: { email: string }) => i.email === "emil@northwind.example");
  await open(page, `/invitations/${emil.id}`);
  await page.getByRole("button", { name: "Extend" }).click();
  // What is offered gives more time.
  await expect(page.getByRole("dialog").getByLabel("Days from now")).toHaveValue("30");
  await page.getByRole("dialog").getByLabel("Days from now").fill("7");
  await page.getByRole("button", { name: "Extend" }).last().click();
  await expect(page.getByRole("dialog").getByText("The link works for longer already. Choose more days.")).toBeVisible();

  await open(page, "/devices");
  await page.getByRole("checkbox", { name: "Select Pixel 8" }).check();
  // What is ticked stays so while one looks for something else: the question names it.
  await page.getByRole("searchbox").fill("Moto");
  await expect(page.getByRole("checkbox", { name: /^Select (Moto|Pixel|Galaxy)/ })).toHaveCount(1);
  await strip(page).getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("alertdialog", { name: "Delete 1 device?" });
  await expect(question).toContainText("Pixel 8 · Anna Petrova");
  await expect(question).toContainText("Its facts and history are lost");
});

test("the card stands above every page, with the way to stop and to the list", async ({ page }) => {
  crowd(450);
  await world.signUp(page);
  await open(page, "/invitations");
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route("**/api/fn/invitations_act*", async (route) => {
    await held;
    return route.continue();
  });
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  // The button goes, and the focus does not fall to the page.
  await strip(page).getByRole("button", { name: /^Select all/ }).click();
  await expect(strip(page).getByRole("status")).toBeFocused();
  await strip(page).getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(job(page)).toBeFocused();
  await expect(job(page).getByRole("status")).toHaveText("0 of 450");
  await page.getByRole("navigation").getByRole("link", { name: "Dashboard" }).click();
  await expect(page.getByRole("heading", { name: "Dashboard" })).toBeVisible();
  await expect(job(page).getByRole("progressbar")).toBeVisible();
  await job(page).getByRole("button", { name: "Stop" }).click();
  letGo();
  await expect(told(page)).toHaveText("200 done, 250 untouched");
  const toast = page.locator(".announce");
  await expect(toast).toHaveClass(/shown/);
  await expect(toast).toHaveClass(/warn/);
  await job(page).getByRole("button", { name: "Go on with the other 250" }).click();
  await expect(told(page)).toHaveText("450 done");
  await expect(toast).not.toHaveClass(/warn/);
  await job(page).getByRole("link", { name: "Withdrawing links" }).click();
  await expect(page.getByRole("heading", { name: "Messages" }).or(page.getByRole("heading", { name: "Invitations" }))).toBeVisible();
});

test("what can be done stays in sight: no row moves at the first tick, and far down the acts are there, on a phone in Russian too", async ({ page }) => {
  test.slow();
  crowd(60);
  await world.signUp(page);
  await open(page, "/invitations");
  const acts: Record<string, Record<string, string[]>> = {
    en: { "/invitations": ["Send again", "Extend", "Withdraw"], "/users": ["Send instructions", "Add to a group"] },
    ru: { "/invitations": ["Отправить снова", "Продлить", "Отозвать"], "/users": ["Отправить инструкцию", "Добавить в группу"] },
  };
  for (const [language, size] of [["en", { width: 1280, height: 860 }], ["en", PHONE], ["ru", PHONE]] as const) {
    await page.setViewportSize(size);
    if (language === "ru") {
      await page.locator("#account").click();
      await page.getByRole("button", { name: "Русский" }).click();
      await ready(page);
    }
    for (const path of ["/invitations", "/users"]) {
      await open(page, path);
      const box = page.locator("tbody .check");
      const top = async () => (await box.nth(3).boundingBox())!.y;
      const still = await top();
      await box.nth(0).check();
      await expect(strip(page).locator(".deeds button").first()).toBeVisible();
      expect(await top(), `${path} ${language} ${size.width}`).toBe(still);
      await box.nth(40).focus();
      await page.keyboard.press("Space");
      for (const button of await strip(page).getByRole("button").all()) await expect(button).toBeInViewport({ ratio: 1 });
      for (const name of acts[language][path]) await expect(strip(page).getByRole("button", { name })).toBeInViewport({ ratio: 1 });
      if (size === PHONE) {
        // What can be done lies above the side bar, and the strip itself in one line.
        const [deeds, side] = [(await strip(page).locator(".deeds").boundingBox())!, (await page.locator(".side").boundingBox())!];
        expect(deeds.y + deeds.height).toBe(side.y);
        expect((await strip(page).boundingBox())!.height).toBeLessThanOrEqual(50);
      }
      // Going back up by keyboard, what has the focus is never behind the strip.
      for (let n = 38; n >= 20; n -= 3) {
        await box.nth(n).focus();
        const [row, bar] = [(await box.nth(n).boundingBox())!, (await strip(page).boundingBox())!];
        expect(row.y, `${path} ${language} ${size.width} row ${n}`).toBeGreaterThanOrEqual(bar.y + bar.height);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
      if (path === "/users") {
        await strip(page).getByRole("button", { name: acts[language][path][0] }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await page.keyboard.press("Escape");
        await expect(strip(page).getByRole("button", { name: acts[language][path][0] })).toBeFocused();
      }
    }
  }
});

test("axe finds nothing in the strip, the questions and the card, in either theme, at a desk and on a phone, in Russian too", async ({ browser }) => {
  three();
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, bypassCSP: true });
  const page = await context.newPage();
  await world.signUp(page);
  const found: Record<string, string[]> = {};
  const look = async (what: string) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found[`${what} ${colorScheme}`] = await findings(page);
    }
  };
  for (const [language, size] of [["en", { width: 1280, height: 860 }], ["en", PHONE], ["ru", PHONE]] as const) {
    await page.setViewportSize(size);
    await open(page, "/devices");
    if (language === "ru") {
      await page.locator("#account").click();
      await page.getByRole("button", { name: "Русский" }).click();
      await ready(page);
    }
    await page.locator("thead .check").check();
    await look(`ticked ${size.width} ${language}`);
    await strip(page).getByRole("button").nth(0).click();
    await expect(page.locator("dialog[open]")).toBeVisible();
    await look(`rename ${size.width} ${language}`);
    await page.locator("dialog[open] input").fill(`${language} ${size.width} {n}`);
    await page.keyboard.press("Enter");
    await expect(told(page)).toContainText("3");
    await look(`card ${size.width} ${language}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${size.width}`).toBeLessThanOrEqual(size.width);
  }
  expect(Object.entries(found).filter(([, f]) => f.length)).toEqual([]);
  await context.close();
});

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

test("an operator ticks messages and no devices, an auditor nothing", async ({ page, browser }) => {
  three();
  await world.signUp(page);
  for (const [role, boxes] of [["operator", 4], ["auditor", 0]] as const) {
    const own = await as(role, browser);
    await open(own, "/invitations");
    await expect(own.getByRole("row")).toHaveCount(4);
    await expect(own.getByRole("checkbox")).toHaveCount(boxes);
    await expect(own.locator(".strip")).toHaveCount(boxes ? 1 : 0);
    await open(own, "/devices");
    await expect(own.getByRole("row")).toHaveCount(4);
    await expect(own.getByRole("checkbox")).toHaveCount(0);
    await own.context().close();
  }
});

test("a question whose code did not arrive is told, and asked at the next press; the focus goes back to its button", async ({ page }) => {
  three();
  await world.signUp(page);
  await page.route(/pkg\/acts\..*\.pack/, (route) => route.abort());
  await open(page, "/devices");
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  const button = strip(page).getByRole("button", { name: "Delete" });
  await button.click();
  await expect(page.getByRole("alert").filter({ hasText: "Muster cannot be reached" })).toBeVisible();
  await expect(button).toBeFocused();
  await page.unroute(/pkg\/acts\..*\.pack/);
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog", { name: "Delete 3 devices?" });
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(button).toBeFocused();
});
