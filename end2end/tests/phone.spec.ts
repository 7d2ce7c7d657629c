// The pages behind a link, in Chromium as each kind of phone: with and without a script, light and dark, and for everybody.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import axe from "axe-core";
import { IPHONE, PIXEL, World, ready } from "./world";

const IPAD = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const FIRE = "Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36";
const KAIOS = "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5";
const HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile";
const GMAIL = PIXEL.replace("Pixel 8)", "Pixel 8; wv)");

test.describe.configure({ timeout: 120_000 });

let world: World;

test.beforeAll(async () => {
  world = await new World().start();
  world.muster("settings", "set", "name", "Northwind Hospital");
  world.muster("settings", "set", "help_contact", "it-help@northwind.example");
  world.people("Anna Petrova,anna@northwind.example,\n");
});

test.afterAll(() => world.stop());

function link(): string {
  return world.json("invite", "anna@northwind.example", "--print-link")[0].link;
}

/** What no command does: time that passes. */
function sql(statement: string) {
  const script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],timeout=20)\nc.execute(sys.argv[2])\nc.commit()";
  execFileSync("python3", ["-c", script, join(world.folder, "data/muster.db"), statement]);
}

const newest = () => world.json("invitations", "list")[0];

/** A link in the state that a page is for. */
const make = {
  waiting: link,
  expired() {
    const made = link();
    sql(`UPDATE invitation SET expires_at = created_at WHERE id = '${newest().id}'`);
    return made;
  },
  requested() {
    const made = make.expired();
    sql(`UPDATE invitation SET requested_at = created_at WHERE id = '${newest().id}'`);
    return made;
  },
  revoked() {
    const made = link();
    world.muster("invitations", "revoke", newest().id);
    return made;
  },
  connected() {
    const made = link();
    world.agent(`phone-${newest().id}`, "enroll", made, "--model", "Pixel 8");
    return made;
  },
  used() {
    const made = make.connected();
    sql(`UPDATE invitation SET enrolled_at = enrolled_at - 7200000000 WHERE id = '${newest().id}'`);
    return made;
  },
  unknown: () => `${world.base}/00000-00000-00000-00000-00000-0`,
};

const PAGES: [name: string, agent: string, make: () => string, english: string, russian: string][] = [
  ["android", PIXEL, make.waiting, "Connect this phone", "Подключите этот телефон"],
  ["in-app", GMAIL, make.waiting, "Connect this phone", "Подключите этот телефон"],
  ["no-play", FIRE, make.waiting, "This device has no Google Play", "На этом устройстве нет Google Play"],
  ["iphone", IPHONE, make.waiting, "An iPhone cannot be connected yet", "iPhone пока нельзя подключить"],
  ["ipad", IPAD, make.waiting, "An iPad cannot be connected yet", "iPad пока нельзя подключить"],
  ["desktop", WINDOWS, make.waiting, "Open this on your phone", "Откройте это на телефоне"],
  ["kaios", KAIOS, make.waiting, "This kind of phone cannot be connected", "Такой телефон подключить нельзя"],
  ["harmony", HARMONY, make.waiting, "This kind of phone cannot be connected", "Такой телефон подключить нельзя"],
  ["expired", PIXEL, make.expired, "This link has expired", "Срок действия ссылки истёк"],
  ["requested", PIXEL, make.requested, "We have passed it on", "Просьба передана"],
  ["revoked", PIXEL, make.revoked, "This link was withdrawn", "Ссылка отозвана"],
  ["connected", PIXEL, make.connected, "Connected", "Подключено"],
  ["used", PIXEL, make.used, "This link has already connected a device", "По этой ссылке устройство уже подключено"],
  ["used-iphone", IPHONE, make.connected, "This link has already connected a device", "По этой ссылке устройство уже подключено"],
  ["unknown", PIXEL, make.unknown, "This link is not known", "Такой ссылки нет"],
];

async function open(browser: Browser, agent: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ userAgent: agent, viewport: { width: 390, height: 844 }, locale: "en-GB", ...options });
  return context.newPage();
}

/** Opens all folds and takes a picture, if pictures are wanted. */
async function picture(page: Page, name: string) {
  const folder = process.env.MUSTER_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

for (const [name, agent, prepare, english, russian] of PAGES) {
  test(`the page "${name}" is small, whole and for everybody, in both languages and both themes`, async ({ browser }) => {
    const address = prepare();
    for (const [locale, heading, other, themes] of [
      ["en-GB", english, "Русский", ["light", "dark"]],
      // The colours do not depend on the language.
      ["ru-RU", russian, "English", ["light"]],
    ] as const) {
      for (const colorScheme of themes) {
        const page = await open(browser, agent, { locale, colorScheme });
        const session = await page.context().newCDPSession(page);
        await session.send("Network.enable");
        const foreign: string[] = [];
        const asked = new Set<string>();
        const problems: string[] = [];
        let bytes = 0;
        page.on("request", (request) => {
          if (!request.url().startsWith(world.base) && !request.url().startsWith("data:")) foreign.push(request.url());
        });
        page.on("console", (message) => message.type() === "error" && !/404/.test(message.text()) && problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        session.on("Network.responseReceived", (event) => {
          if (!/\/(opened|state)$/.test(event.response.url)) asked.add(event.requestId);
        });
        session.on("Network.loadingFinished", (event) => {
          if (asked.has(event.requestId)) bytes += event.encodedDataLength;
        });
        await page.goto(address, { waitUntil: "load" });
        await expect(page.getByRole("heading", { level: 1, name: heading, exact: true })).toBeVisible();
        await page.waitForTimeout(200);
        expect(bytes, `${name} ${locale}`).toBeGreaterThan(1000);
        expect(bytes, `${name} ${locale}: bytes on the wire`).toBeLessThan(15_000);
        for (const words of ["Northwind Hospital", "it-help@northwind.example"]) {
          expect(await page.locator("body").innerHTML()).toContain(words);
        }
        await picture(page, `${name}-${locale.slice(0, 2)}-${colorScheme}`);
        // All that is folded counts too.
        await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
        await page.evaluate(axe.source);
        const found = await page.evaluate(async () => (await (window as never as { axe: typeof axe }).axe.run()).violations);
        const bad = found.filter((v) => v.impact !== "minor").map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
        expect(bad, `${name} ${locale} ${colorScheme}`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        // What one taps is high enough.
        for (const box of await page.locator(".btn:visible, summary:visible, textarea:visible").all()) {
          expect((await box.boundingBox())!.height).toBeGreaterThanOrEqual(52);
        }
        if (colorScheme === "light") await picture(page, `${name}-${locale.slice(0, 2)}-open`);
        // The narrowest screens that have a browser, with keys for a keyboard.
        await page.setViewportSize({ width: 240, height: 320 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} ${locale}`).toBeLessThanOrEqual(240);
        await picture(page, `${name}-${locale.slice(0, 2)}-${colorScheme}-240`);
        await page.setViewportSize({ width: 390, height: 844 });
        await page.getByRole("link", { name: other }).click();
        await expect(page.getByRole("heading", { level: 1, name: locale === "en-GB" ? russian : english, exact: true })).toBeVisible();
        expect(foreign).toEqual([]);
        expect(problems).toEqual([]);
        await page.context().close();
      }
    }
  });
}

test("without a script: Google Play, the link to select, and the way to look again until it is connected", async ({ browser }) => {
  const address = link();
  const page = await open(browser, PIXEL, { javaScriptEnabled: false });
  await page.goto(address);
  await picture(page, "noscript-android");
  const play = await page.getByRole("link", { name: "Get it on Google Play" }).getAttribute("href");
  expect(new URL(play!).searchParams.get("referrer")).toBe(address);
  await page.getByText("It does not work", { exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Your link" })).toHaveValue(address);
  await expect(page.getByRole("button")).toHaveCount(0);
  await expect(page.getByText("Waiting for the phone to connect")).toBeHidden();
  await page.getByRole("link", { name: "Look again" }).click();
  await expect(page.getByRole("heading", { name: "Connect this phone" })).toBeVisible();
  world.agent("noscript", "enroll", address, "--model", "Pixel 8");
  await page.getByRole("link", { name: "Look again" }).click();
  await expect(page.getByText("This Pixel 8 is now one of Anna Petrova’s devices at Northwind Hospital. You can close this page.")).toBeVisible();
  await picture(page, "noscript-connected");
});

test("without a script: an expired link asks for a new one, the console shows it, and the next link works", async ({ browser, page: console }) => {
  const address = make.expired();
  const page = await open(browser, PIXEL, { javaScriptEnabled: false });
  await page.goto(`${address}?lang=ru`);
  await page.getByRole("button", { name: "Попросить новую ссылку" }).click();
  await expect(page.getByRole("heading", { name: "Просьба передана" })).toBeVisible();
  expect(page.url()).toBe(`${address}?lang=ru`);
  await page.goto(address);
  await expect(page.getByRole("heading", { name: "We have passed it on" })).toBeVisible();
  await world.signUp(console);
  await console.goto(`${world.base}/invitations`);
  await ready(console);
  await expect(console.locator("td").getByText("Asks for a new link").first()).toBeVisible();

  // An iPhone that waits is seen too, in a page that is open already.
  const other = link();
  const iphone = await open(browser, IPHONE);
  await iphone.goto(other);
  await expect(iphone.getByText("Northwind Hospital can see that you are waiting")).toBeVisible({ timeout: 5000 });
  await expect(console.getByText("Opened on an iPhone, which cannot be connected yet").first()).toBeVisible({ timeout: 2000 });
  await picture(console, "console-invitations");
});

test("the open page says that the phone is connected, and a link that is withdrawn meanwhile says so", async ({ browser }) => {
  const address = link();
  const desktop = await open(browser, WINDOWS);
  await desktop.goto(address);
  await expect(desktop.getByText("Waiting for the phone to connect")).toBeVisible();
  world.agent("live", "enroll", address, "--model", "Pixel 8");
  await expect(desktop.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 5000 });
  await expect(desktop.getByText("You can close this page")).toBeVisible();
  const ended = link();
  const phone = await open(browser, PIXEL);
  await phone.goto(ended);
  world.muster("invitations", "revoke", newest().id);
  await expect(phone.getByRole("heading", { name: "This link was withdrawn" })).toBeVisible({ timeout: 5000 });
});

test("an iPad that calls itself a Mac is told by its touch points, a Mac stays a Mac, and the person can say", async ({ browser }) => {
  const address = link();
  for (const [points, heading] of [[5, "An iPad cannot be connected yet"], [0, "Open this on your phone"]] as const) {
    const page = await open(browser, MAC);
    await page.addInitScript((n) => Object.defineProperty(navigator, "maxTouchPoints", { get: () => n }), points);
    await page.goto(`${address}?lang=en`);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    if (points) {
      await expect(page.getByText("Northwind Hospital can see that you are waiting")).toBeVisible({ timeout: 8000 });
      expect(newest().platform).toBe("ipados");
    }
    await page.getByRole("link", { name: "Android" }).click();
    await expect(page.getByRole("heading", { name: "Connect this phone" })).toBeVisible();
    await page.getByRole("link", { name: "computer" }).click();
    await expect(page.getByRole("heading", { name: "Open this on your phone" })).toBeVisible();
    await page.waitForTimeout(300);
    expect(page.url()).toContain("as=desktop&lang=en");
  }
});

test("the button copies the link, and a page in the background does not count as opened", async ({ browser }) => {
  const address = link();
  const page = await open(browser, PIXEL, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.addInitScript(() => Object.defineProperty(document, "visibilityState", { get: () => (window as never as { shown?: string }).shown ?? "hidden" }));
  await page.goto(address);
  await page.waitForTimeout(3500);
  expect(newest().state).toBe("sent");
  await page.evaluate(() => ((window as never as { shown?: string }).shown = "visible"));
  await expect.poll(() => newest().state, { timeout: 8000 }).toBe("opened");
  await page.getByText("It does not work", { exact: true }).click();
  await page.getByRole("button", { name: "Copy the link" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
});

test("a phone of another system is told so, uses nothing up, and the person can say that it is another kind", async ({ browser }) => {
  const address = link();
  const page = await open(browser, KAIOS, { viewport: { width: 240, height: 320 } });
  await page.goto(address);
  await expect(page.getByText("It runs KaiOS. Open the link on an Android phone, iPhone or iPad.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Get it on Google Play" })).toHaveCount(0);
  await expect(page.locator("svg:visible, img:visible, ol:visible")).toHaveCount(0);
  await expect.poll(() => newest().state, { timeout: 10_000 }).toBe("opened");
  await page.getByRole("link", { name: "Android" }).click();
  await expect(page.getByRole("heading", { name: "Connect this phone" })).toBeVisible();
  await page.context().close();
  // The link still connects a phone.
  world.agent("phone-after-kaios", "enroll", address, "--model", "Pixel 8");
  expect(newest().state).toBe("enrolled");
});
