// What holds on every page of the console: a phone's width, the focus, what was typed, long names and histories, a server
// or a session that is gone.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { World, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const ANNA = "Anna Petrova,anna@northwind.example,Ward 3\n";

function problems(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}

/** A link for somebody, given out by hand. */
const linkFor = (email: string): string => world.json("invite", email, "--print-link")[0].link;

const id = (...words: string[]): string => world.json(...words)[0].id;

async function visit(page: Page, path: string) {
  await page.goto(`${world.base}${path}`);
  await ready(page);
}

/** Calls a function of the server as the console does. */
async function call(page: Page, name: string, body: object) {
  const status = await page.evaluate(
    async ([name, body]) => (await fetch(`/api/fn/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body })).status,
    [name, JSON.stringify(body)],
  );
  expect(status).toBe(200);
}

const phoneOf = async (browser: Browser, page: Page) =>
  (await browser.newContext({ storageState: await page.context().storageState(), viewport: { width: 390, height: 844 } })).newPage();

/** Nothing reaches out of the page or of the open dialog, and what is pressed in the dialog is in sight and 40 px high. */
async function fits(page: Page) {
  const wrong = await page.evaluate(() => {
    const dialog = document.querySelector("dialog[open]");
    const found: string[] = [];
    for (const box of [document.documentElement, dialog]) {
      if (box && box.scrollWidth > box.clientWidth) found.push(`${box.tagName} is ${box.scrollWidth} px wide`);
    }
    for (const e of (dialog ?? document).querySelectorAll("h1, h2, a, button, input, select, textarea, td, dd, p, li, b, span")) {
      const r = e.getBoundingClientRect();
      // What scrolls by itself, or ends in an ellipsis, may be longer than it shows.
      const cut = (at: Element | null): boolean => !!at && (getComputedStyle(at).textOverflow === "ellipsis" || cut(at.parentElement));
      if (r.width && r.right > innerWidth + 1 && !e.closest(".tabs, .presets, .side, .unseen, thead") && !cut(e)) found.push(`${e.tagName} ${e.textContent!.slice(0, 20)} ends at ${r.right}`);
    }
    for (const e of dialog?.querySelectorAll("button, input, select, textarea") ?? []) {
      // A check box is pressed by its line.
      const r = (e.closest("label.row") ?? e).getBoundingClientRect();
      if (innerWidth < 400 && r.height && r.height < 40) found.push(`${e.textContent || e.tagName} is ${r.height} px high`);
    }
    return found;
  });
  expect(wrong).toEqual([]);
}

test("on a phone every dialog fits, and its buttons are in sight and large enough for a finger", async ({ page, browser }) => {
  world.people(ANNA);
  await world.signUp(page);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8");
  linkFor("anna@northwind.example");
  const phone = await phoneOf(browser, page);
  const dialog = phone.locator("dialog[open]");
  const check = async (open: string, last: string) => {
    await phone.getByRole("button", { name: open, exact: true }).first().click();
    await expect(dialog).toBeVisible();
    await expect(dialog.getByRole("button", { name: last })).toBeInViewport({ ratio: 1 });
    await fits(phone);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toHaveCount(0);
  };
  await visit(phone, "/users");
  await check("Add person", "Save");
  await phone.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
  await phone.locator("#send").click();
  await expect(dialog.getByRole("button", { name: "Send 1 message" })).toBeInViewport({ ratio: 1 });
  await fits(phone);
  // The preview is whole: the dialog scrolls, not a frame within it.
  const frame = dialog.locator("iframe");
  await frame.scrollIntoViewIfNeeded();
  // It may be made anew while one looks.
  await expect(async () => {
    const html = dialog.frameLocator("iframe").locator("html");
    const tall = await html.evaluate((html) => [html.scrollHeight, html.clientHeight], undefined, { timeout: 2000 });
    expect(tall[0]).toBeLessThanOrEqual(tall[1]);
  }).toPass();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await visit(phone, `/devices/${id("devices", "list")}`);
  await check("Rename", "Save");
  await check("Change owner", "Choose a person");
  await check("Delete", "Delete");
  const sent = world.json("invitations", "list").find((i: { state: string }) => i.state === "sent").id;
  await visit(phone, `/invitations/${sent}`);
  await check("Extend", "Extend");
  await check("New link", "New link");
  await check("Withdraw", "Withdraw");
  // A row is pressed anywhere; its other link and its check box stay what they are.
  await visit(phone, "/users");
  await phone.locator("tbody tr").first().click({ position: { x: 200, y: 60 } });
  await expect(phone).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
});

test("names, addresses and groups as long as they may be reach out of nothing, on a desk and on a phone", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const name = "Ы".repeat(60) + "w".repeat(60);
  const groups = [...Array(40).keys()].map((n) => `${"Group".repeat(8)}${n}`).join(";");
  world.people(`${name},${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.example,${groups}\n`);
  const email = world.json("users", "list")[0].email;
  await world.signUp(page);
  world.agent("pixel", "enroll", linkFor(email), "--model", "M".repeat(80), "--os-version", "14");
  linkFor(email);
  const [user, device] = [id("users", "list"), id("devices", "list")];
  const sent = world.json("invitations", "list").find((i: { state: string }) => i.state === "sent").id;
  await call(page, "device_rename", { id: device, name: "N".repeat(120) });
  for (const at of [page, await phoneOf(browser, page)]) {
    for (const path of ["/users", "/groups", `/users/${user}`, "/devices", `/devices?owner=${user}`, `/devices/${device}`, "/invitations", `/invitations/${sent}`]) {
      await visit(at, path);
      await fits(at);
    }
    const press = async (path: string, ...buttons: string[]) => {
      await visit(at, path);
      for (const button of buttons) {
        await at.getByRole("button", { name: button, exact: true }).first().click();
        await expect(at.locator("dialog[open]")).toBeVisible();
        await at.waitForTimeout(200);
        await fits(at);
        await at.keyboard.press("Escape");
        await expect(at.locator("dialog[open]")).toHaveCount(0);
      }
    };
    await press(`/users/${user}`, "Send instructions", "Edit", "Delete");
    await press(`/devices/${device}`, "Rename", "Change owner", "Delete");
    await press(`/invitations/${sent}`, "New link", "Withdraw");
    await visit(at, `/devices/${device}`);
    await at.getByRole("button", { name: "Rename" }).click();
    await at.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await expect(at.locator(".announce.shown")).toBeVisible();
    await fits(at);
  }
});

test("a message offers the same in its person's window as in its own, asks before what ends a link, and says what was done", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  world.people(ANNA);
  const link = linkFor("anna@northwind.example");
  const found = problems(page);
  await world.signUp(page);
  const acts = ["Copy link", "Send again", "New link", "Extend", "Withdraw"];
  await visit(page, `/invitations/${id("invitations", "list")}`);
  await expect(page.locator(".head .end button")).toHaveText(acts);
  await visit(page, `/users/${id("users", "list")}`);
  const story = page.locator(".story");
  await expect(story.getByRole("button")).toHaveText(acts);
  const said = (words: string) => expect(page.getByRole("status").filter({ hasText: words })).toBeVisible();
  await story.getByRole("button", { name: "Copy link" }).click();
  await said("Link copied. It connects one device.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const extend = story.getByRole("button", { name: "Extend" });
  await extend.click();
  await page.getByRole("dialog").getByLabel("Days from now").fill("30");
  await page.getByRole("dialog").getByRole("button", { name: "Extend" }).click();
  await said("The link works for 30 days from now.");
  await expect(extend).toBeFocused();
  await expect(story.getByText("The link was given more time")).toBeVisible();
  // What takes the buttons away leaves the focus at the message.
  await story.getByRole("button", { name: "Withdraw" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Withdraw the link of Anna Petrova?");
  await question.getByRole("button", { name: "Withdraw" }).click();
  await said("Withdrawn. The link connects nothing any more.");
  await expect(story.getByRole("button")).toHaveCount(0);
  await expect(story.getByRole("link", { name: "Withdrawn" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/invitations\/[0-9a-f-]{36}$/);
  expect(found).toEqual([]);
});

test("a link that was given out by hand is told as that, not as sent, in every list and window and in both languages", async ({ page, browser }) => {
  world.people(ANNA);
  linkFor("anna@northwind.example");
  const [user, message] = [id("users", "list"), id("invitations", "list")];
  await world.signUp(page);
  const russian = await (await browser.newContext({ storageState: await page.context().storageState(), locale: "ru-RU" })).newPage();
  for (const [at, words, not] of [[page, "Link given out", "Sent"], [russian, "Ссылка выдана", "Отправлено"]] as const) {
    for (const path of ["/users", `/users/${user}`, "/invitations", `/invitations/${message}`]) {
      await visit(at, path);
      await expect(at.locator("main").getByText(words, { exact: true }).filter({ visible: true })).toHaveCount(1);
      await expect(at.locator("table, .story, .panels").getByText(not, { exact: true }).filter({ visible: true })).toHaveCount(0);
    }
  }
});

test("what was typed in Settings waits there while one looks at another page, and before the console is left the browser asks", async ({ page }) => {
  await world.signUp(page);
  await visit(page, "/settings");
  await page.getByLabel("Whom to ask").fill("IT desk, 4400");
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "not saved yet" })).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByLabel("Whom to ask")).toHaveValue("IT desk, 4400");
  await expect(page.getByText("Unsaved changes.")).toBeVisible();
  await page.goBack();
  await page.goForward();
  await expect(page.getByLabel("Whom to ask")).toHaveValue("IT desk, 4400");
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  const leave = () => page.evaluate(() => void (location.href = "/api/docs"));
  await leave();
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(page.getByLabel("Whom to ask")).toHaveValue("IT desk, 4400");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await leave();
  await expect(page).toHaveURL(/\/api\/docs$/);
  expect(asked).toEqual(["beforeunload"]);
});

test("Esc does not take away what was typed: the form of a person asks once, the note and the ticks stay", async ({ page }) => {
  world.people(`${ANNA}Farah Haddad,,Ward 1\n`);
  await world.signUp(page);
  const add = page.getByRole("button", { name: "Add person" });
  await add.click();
  const form = page.getByRole("dialog", { name: "Add person" });
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
  await expect(add).toBeFocused();
  await add.click();
  await form.getByLabel("Name").fill("Boris Ahmed");
  await page.keyboard.press("Escape");
  await expect(form.getByRole("alert").filter({ hasText: "not saved" })).toBeVisible();
  await expect(form.getByLabel("Name")).toHaveValue("Boris Ahmed");
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();

  await page.getByRole("checkbox", { name: "Select this page" }).check();
  const send = page.locator("#send");
  await send.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("A note from you").fill("Before Friday.");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(send).toBeFocused();
  await send.click();
  await expect(dialog.getByLabel("A note from you")).toHaveValue("Before Friday.");
  // The way to the missing address and back loses neither.
  await dialog.getByRole("link", { name: "Add an address" }).click();
  await page.getByRole("dialog", { name: "Edit person" }).getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Users" }).first().click();
  await expect(page.getByText("2 people selected")).toBeVisible();
  await send.click();
  await expect(dialog.getByLabel("A note from you")).toHaveValue("Before Friday.");
});

test("a long history is shown in parts, of a message, of a device and of a person", async ({ page }) => {
  test.setTimeout(120_000);
  world.people(ANNA);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8");
  linkFor("anna@northwind.example");
  const sent = world.json("invitations", "list").find((i: { state: string }) => i.state === "sent").id;
  const [user, device] = [id("users", "list"), id("devices", "list")];
  await world.signUp(page);
  for (let n = 0; n < 130; n++) {
    await call(page, "invitation_extend", { id: sent, days: 7 + Math.floor(n / 2) });
    await call(page, "device_rename", { id: device, name: `Phone ${n}` });
  }
  for (let n = 0; n < 24; n++) linkFor("anna@northwind.example");
  for (const path of [`/invitations/${sent}`, `/devices/${device}`]) {
    await visit(page, path);
    const steps = page.locator(".happened li");
    await expect(steps).toHaveCount(20);
    const more = page.getByRole("button", { name: /^Show \d+ more$/ });
    await more.press("Enter");
    await expect(steps).toHaveCount(120);
    await more.press("Enter");
    expect(await steps.count()).toBeGreaterThan(130);
    const fewer = page.getByRole("button", { name: "Show fewer" });
    await expect(fewer).toBeFocused();
    await fewer.press("Enter");
    await expect(steps).toHaveCount(20);
  }
  await visit(page, `/users/${user}`);
  await expect(page.locator(".story")).toHaveCount(20);
  await page.getByRole("button", { name: "Show 6 more" }).click();
  await expect(page.locator(".story")).toHaveCount(26);
});

test("the focus is never lost: another page, a turned page of a list, and the list after something was deleted", async ({ page }) => {
  world.people([...Array(60).keys()].map((n) => `Person ${String(n).padStart(2, "0")},p${n}@northwind.example,\n`).join(""));
  await world.signUp(page);
  const heading = (name: string) => page.getByRole("heading", { name, level: 1 });
  await page.evaluate(() => scrollTo(0, 9999));
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByText("51–60 of 60")).toBeVisible();
  await expect(heading("Users")).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.getByRole("link", { name: "Person 55" }).press("Enter");
  await expect(heading("Person 55")).toBeFocused();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Delete" })).toBeFocused();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(heading("Users")).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Person 55 is deleted." })).toBeVisible();
});

test("the focus goes to the heading of a page that takes a while to come", async ({ page }) => {
  world.people(ANNA);
  await page.route("**/pkg/person.*", async (route) => {
    await new Promise((done) => setTimeout(done, 700));
    await route.continue();
  });
  await world.signUp(page);
  const link = page.getByRole("link", { name: "Anna Petrova" });
  await link.press("Enter");
  await expect(page.getByRole("heading", { name: "Anna Petrova", level: 1 })).toBeFocused();
});

test("a page of a list that is no more leads to the last one there is, and nothing found is said as such", async ({ page }) => {
  world.people(ANNA);
  world.agent("pixel", "enroll", linkFor("anna@northwind.example"), "--model", "Pixel 8");
  await world.signUp(page);
  for (const path of ["/users", "/groups", "/devices", "/invitations"]) {
    await visit(page, `${path}?page=7`);
    await expect(page.getByText("1–1 of 1")).toBeVisible();
    await expect(page.locator("tbody tr")).toHaveCount(1);
    await expect(page.locator(".empty").filter({ visible: true })).toHaveCount(0);
    await visit(page, `${path}?q=nobody%20like%20that`);
    await expect(page.getByText("Nothing found")).toBeVisible();
  }
});

test("without its server the console keeps what it shows and says that it may be old; with it, all is well again by itself", async ({ page }) => {
  world.people(ANNA);
  const found = problems(page);
  await world.signUp(page);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  // The code of the other pages follows a moment after the first.
  const arrived = (part: string) => page.waitForFunction((part) => performance.getEntriesByType("resource").some((r) => r.name.includes(part)), `pkg/${part}.`);
  for (const part of ["users", "person", "import", "devices", "messages", "dashboard", "accounts", "settings"]) await arrived(part);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await world.crash();
  await expect(page.getByText("Reconnecting…")).toBeVisible();
  await page.getByRole("button", { name: "Name" }).click();
  await expect(page.getByText("Muster cannot be reached. What you see may be old, and what you save may not arrive")).toBeVisible();
  await expect(page.getByRole("link", { name: "Anna Petrova" })).toBeVisible();
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByText("Muster cannot be reached. What you see may be old, and what you save may not arrive")).toBeVisible();
  await expect(page.getByText("No device has connected yet")).toBeHidden();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("Muster cannot be reached. What you see may be old, and what you save may not arrive")).toBeVisible();
  await world.back();
  await expect(page.getByLabel("Whom to ask")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Muster cannot be reached.")).toBeHidden({ timeout: 20_000 });
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByText("No device has connected yet")).toBeVisible();
  expect(found).toEqual([]);
});

test("a page whose code did not arrive says so, and is loaded again", async ({ page }) => {
  world.people(ANNA);
  await page.route(/pkg\/devices\..*\.pack/, (route) => route.abort());
  await world.signUp(page);
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByRole("heading", { name: "This page did not arrive" })).toBeVisible();
  // The rest of the console goes on.
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("link", { name: "Anna Petrova" })).toBeVisible();
  await page.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByRole("heading", { name: "This page did not arrive" })).toBeVisible();
  await page.unroute(/pkg\/devices\..*\.pack/);
  await page.getByRole("button", { name: "Load it again" }).click();
  await expect(page.getByText("No device has connected yet")).toBeVisible();
});

test("a first page whose code did not arrive says that only reading is possible", async ({ page }) => {
  await world.signUp(page);
  await page.route(/pkg\/devices\..*\.pack/, (route) => route.abort());
  await page.goto(`${world.base}/devices`);
  await expect(page.locator(".late")).toContainText("its buttons do nothing");
  await expect(page.getByText("No device has connected yet")).toBeVisible();
  await page.unroute(/pkg\/devices\..*\.pack/);
  await page.getByRole("link", { name: "Load it again" }).click();
  await ready(page);
  await expect(page.locator(".late")).toBeHidden();
  // Nor does anything work without the first files.
  for (const file of [/pkg\/muster\..*\.wasm/, /pkg\/muster\..*\.js/, /pkg\/texts-/]) {
    await page.route(file, (route) => route.abort());
    await page.reload();
    await expect(page.locator(".late")).toContainText("its buttons do nothing");
    await page.unroute(file);
  }
});

test("no row moves when one ticks, and no heading falls to pieces, in either language at either width", async ({ page }) => {
  world.people(Array.from({ length: 30 }, (_, n) => `Person ${10 + n},p${n}@northwind.example,Ward 1`).join("\n") + "\n");
  await world.signUp(page);
  for (const language of ["ru", "en"]) {
    await page.evaluate(async (language) => {
      const body = new URLSearchParams({ language, back: "/users" });
      await fetch("/session/language", { method: "POST", body });
    }, language);
    for (const width of [1280, 1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const path of ["/users", "/users?group=Ward%201", "/groups"]) {
        await visit(page, path);
        const place = () => page.locator("tbody tr").first().evaluate((row) => row.getBoundingClientRect().top + window.scrollY);
        const heading = await page.locator("h1").evaluate((h1) => h1.getBoundingClientRect().height);
        expect(heading, `${language} ${width} ${path}`).toBeLessThan(40);
        await page.waitForTimeout(300);
        const before = await place();
        const boxes = page.locator("tbody input[type=checkbox]");
        await boxes.first().click();
        expect(await place(), `${language} ${width} ${path}: one ticked`).toBe(before);
        await page.locator("thead input[type=checkbox]").click();
        expect(await place(), `${language} ${width} ${path}: all ticked`).toBe(before);
      }
    }
  }
});

test("what follows a send leaves the buttons of Settings alone", async ({ page }) => {
  world.people(ANNA);
  await world.signUp(page);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await visit(page, "/users");
    await page.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
    await page.getByRole("button", { name: "Send instructions" }).first().click();
    await page.getByRole("button", { name: "Send 1 message" }).click();
    await expect(page.locator(".followed").first()).toBeVisible();
    await page.locator('.side a[href="/settings"]').click();
    await page.getByLabel("Name", { exact: true }).fill(`Northwind ${width}`);
    for (const end of [false, true]) {
      if (end) await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      await page.getByRole("button", { name: "Save" }).click({ trial: true, timeout: 3000 });
    }
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForTimeout(500);
  }
});

test("an address that ends in a slash leads to the one without", async ({ page }) => {
  await world.signUp(page);
  for (const path of ["/users/", "/groups/", "/devices/", "/invitations/", "/settings/", "/mails/"]) {
    await visit(page, `${path}?q=x`);
    await expect(page).toHaveURL(`${world.base}${path.slice(0, -1)}?q=x`);
    await expect(page.locator("h1")).toBeVisible();
  }
});

test("who signs out in another window is led to the sign-in from every open page", async ({ page, context }) => {
  world.people(ANNA);
  linkFor("anna@northwind.example");
  await world.signUp(page);
  const paths = ["/users", `/users/${id("users", "list")}`, `/invitations/${id("invitations", "list")}`, "/settings"];
  const open = [];
  for (const path of paths) {
    const other = await context.newPage();
    const found = problems(other);
    await visit(other, path);
    open.push({ other, found });
  }
  await page.locator("#account").click();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/login$/);
  for (const { other, found } of open) {
    await expect(other).toHaveURL(/\/login/, { timeout: 15_000 });
    expect(found).toEqual([]);
  }
});
