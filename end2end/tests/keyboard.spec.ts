// By keyboard alone: from the sign-in to "sent", the palette, the single keys, and where the focus goes.
import { readFileSync } from "node:fs";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const PEOPLE = "Anna Petrova,anna@northwind.example,Ward 3\nBoris Stein,boris@northwind.example,Ward 1\nFarah Haddad,,Ward 1\n";

/** Presses Tab until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp, back = false) {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const own = await page.evaluate(() => {
      const e = document.activeElement as HTMLInputElement | null;
      return `${e?.getAttribute("aria-label") ?? ""} ${e?.labels?.[0]?.textContent ?? ""} ${e?.textContent ?? ""}`.trim();
    });
    if (name.test(own)) return;
  }
  throw new Error(`${name} is never reached by Tab`);
}

const WORDS = {
  en: { locale: "en-GB", email: /E-mail/, signIn: /Sign in/, select: /Select Boris/, send: /^Send 1 message$/, sent: "1 message goes out in a moment" },
  ru: { locale: "ru-RU", email: /Электронная почта/, signIn: /Войти/, select: /Выбрать.*Boris|Boris/, send: /^Отправить 1 сообщение$/, sent: /1 сообщение/ },
};

async function fromSignInToSent(browser: Browser, language: "en" | "ru", width: number) {
  const words = WORDS[language];
  world.people(PEOPLE);
  const first = await browser.newPage();
  await world.signUp(first);
  await first.close();
  const context = await browser.newContext({ locale: words.locale, viewport: { width, height: 844 } });
  const page = await context.newPage();
  const found = problems(page);
  await page.goto(`${world.base}/login`);
  // The first field has the focus.
  await page.keyboard.type("rosa@northwind.example");
  await page.keyboard.press("Tab");
  await page.keyboard.type("long enough 1");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/users$/);
  await ready(page);
  await tabTo(page, words.select);
  await page.keyboard.press("Space");
  await page.keyboard.press("s");
  const dialog = page.locator("dialog[open]");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("button", { name: words.send })).toBeEnabled();
  await tabTo(page, words.send);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(words.sent).first()).toBeVisible();
  // The focus is where one began.
  await expect(page.getByRole("checkbox", { name: words.select })).toBeFocused();
  expect(world.json("invitations", "list")).toHaveLength(1);
  expect(found).toEqual([]);
  await context.close();
}

for (const language of ["en", "ru"] as const) {
  for (const width of [1280, 390]) {
    test(`from the sign-in to "sent" by keyboard alone: ${language}, ${width} px`, async ({ browser }) => {
      await fromSignInToSent(browser, language, width);
    });
  }
}

test("the palette: pages, people and what one may do, announced and chosen by keyboard", async ({ page }) => {
  world.people(PEOPLE);
  const found = problems(page);
  await world.signUp(page);
  await page.keyboard.press("Control+k");
  const field = page.locator(".palette [role=combobox]");
  await expect(field).toBeFocused();
  const status = page.locator(".palette [role=status]");
  await expect(status).toHaveText(/^\d+ results$/);
  // Each line that is chosen is named to a screen reader.
  const active = async () => page.locator(`#${await field.getAttribute("aria-activedescendant")}`);
  await expect(await active()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(await active()).toContainText("Sign out everywhere");
  await page.keyboard.type("audit");
  await expect(status).toHaveText("2 results");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audit$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  // What was chosen last stands first.
  await page.keyboard.press("Control+k");
  await expect(page.locator(".palette [role=option]").first()).toContainText("Audit log");
  await page.keyboard.type("petrova");
  await expect(page.locator(".palette [role=option]")).toHaveCount(1);
  await expect(page.locator(".palette [role=option]")).toContainText("anna@northwind.example");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Anna Petrova" })).toBeFocused();
  // The theme, and nothing found.
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await ready(page);
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.type("xyzzy");
  await expect(status).toHaveText("Nothing found");
  await field.fill("help");
  await expect(page.locator(".palette [role=option]")).toContainText("User’s guide");
  // A list leaves as a file, with the rows that its page shows.
  await page.keyboard.press("Escape");
  await page.goto(`${world.base}/users?q=anna`);
  await ready(page);
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.type("export users");
  await expect(page.locator(".palette [role=option]")).toHaveText(/^Users: Export as CSV/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  const list = readFileSync(await download.path(), "utf8");
  expect(list).toContain("anna@northwind.example");
  expect(list).not.toContain("boris@northwind.example");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  // By its button the focus comes back to it.
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator("#seek")).toBeFocused();
  expect(found).toEqual([]);
});

test("instructions to somebody begin in the palette, also from another person's window", async ({ page }) => {
  world.people(PEOPLE);
  await world.signUp(page);
  await page.getByRole("link", { name: "Anna Petrova" }).click();
  await expect(page.getByRole("heading", { name: "Anna Petrova" })).toBeVisible();
  const field = page.locator(".palette [role=combobox]");
  // What is done with ticked rows leads to their list.
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await page.keyboard.type("withdraw");
  await expect(page.locator(".palette [role=option]").first()).toContainText("Tick messages to act on many at once.");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/invitations$/);
  // Instructions to somebody.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("send instr");
  await page.keyboard.press("Enter");
  await expect(field).toHaveValue("");
  await page.keyboard.type("boris");
  await expect(page.locator(".palette [role=option]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /Boris Stein/ })).toBeVisible();
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
  await page.keyboard.press("Escape");
});

test("the palette on a phone and in Russian", async ({ browser, page }) => {
  world.people(PEOPLE);
  await world.signUp(page);
  const state = await page.context().storageState();
  const context = await browser.newContext({ storageState: state, locale: "ru-RU", viewport: { width: 390, height: 844 } });
  await context.addCookies([{ name: "muster_language", value: "ru", url: world.base }]);
  const phone = await context.newPage();
  await phone.goto(`${world.base}/users`);
  await ready(phone);
  await phone.locator("#account").click();
  await phone.getByRole("button", { name: "Поиск и действия" }).click();
  await expect(phone.locator(".palette [role=combobox]")).toBeFocused();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await phone.locator(".palette [role=combobox]").fill("устр");
  await phone.locator(".palette [role=option]", { hasText: /^Устройства/ }).first().click();
  await expect(phone).toHaveURL(/\/devices$/);
});

test("single keys: search, go to, rows, ticks and the sheet; on a Russian keyboard too, never while one types, and they can be switched off", async ({ page }) => {
  world.people(PEOPLE);
  const found = problems(page);
  await world.signUp(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("gdx?");
  await expect(page).toHaveURL(/q=gdx/);
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await page.getByRole("searchbox").fill("");
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.getByRole("heading", { level: 1 }).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "Boris Stein" })).toBeFocused();
  await page.keyboard.press("x");
  await expect(page.getByRole("checkbox", { name: "Select Boris Stein" })).toBeChecked();
  await expect(page.getByText("1 person selected")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("main tbody tr").nth(2).locator(":focus")).toHaveCount(1);
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await expect(page.getByRole("link", { name: "Anna Petrova" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Anna Petrova" })).toBeFocused();
  await page.keyboard.press("e");
  await expect(page.getByRole("dialog", { name: "Edit person" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/\/devices$/);
  // The keys where "g" and "i" are on a Russian keyboard.
  await page.evaluate(() => {
    for (const [key, code] of [["п", "KeyG"], ["ш", "KeyI"]]) window.dispatchEvent(new KeyboardEvent("keydown", { key, code }));
  });
  await expect(page).toHaveURL(/\/invitations$/);
  // With a modifier they are the browser's.
  await page.keyboard.press("Alt+g");
  await page.keyboard.press("Alt+u");
  await expect(page).toHaveURL(/\/invitations$/);
  await page.keyboard.press("?");
  await page.getByRole("checkbox", { name: "Shortcuts of a single key" }).uncheck();
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await page.keyboard.press("?");
  await page.waitForTimeout(300);
  await expect(page).toHaveURL(/\/invitations$/);
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  // They can be switched on again from the palette, which has a modifier.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("keyboard");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  expect(found).toEqual([]);
});
