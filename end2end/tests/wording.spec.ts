// The message in the company's own words: typed, seen as the very mail beside it, tried, saved, sent, and taken back.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { PNG } from "pngjs";
import { PIXEL, World, problems, ready } from "./world";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let world: World;
test.beforeEach(async () => {
  world = await new World().start();
});
test.afterEach(() => world.stop());

async function open(page: Page, query = "") {
  await page.goto(`${world.base}/message${query}`);
  await ready(page);
}

const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true }).filter({ visible: true });
const mail = (page: Page) => page.frameLocator(".own-frames iframe:not(.waits)").last();
/** Words in the mail as they are seen; what mail programs show beside the subject is hidden in it. */
const inMail = (page: Page, words: string) => mail(page).locator("td.ink", { hasText: words });
const said = (page: Page) => page.locator(".set-said");
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();

function picture(width: number, height: number): string {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) png.data.set([170, 51, 0, 255], i * 4);
  const file = join(world.folder, "logo.png");
  writeFileSync(file, PNG.sync.write(png));
  return file;
}

test("words are typed and seen, tried, saved, sent and taken back", async ({ browser, page }) => {
  world.muster("settings", "set", "name", "Northwind Hospital");
  world.people("Anna Petrova,anna@northwind.example,\n");
  const complaints = problems(page);
  await world.signUp(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Change the words" }).click();
  await expect(page.getByRole("heading", { name: "The message" })).toBeVisible();
  await expect(field(page, "Subject")).toHaveValue("Connect your phone to {{company}}");
  await expect(page.getByText("These are the usual words (English).")).toBeVisible();
  await expect(inMail(page, "Hello Rosa Klein,")).toBeVisible();
  await expect(mail(page).getByAltText("QR code with the link")).toBeVisible();

  // What is typed is seen a moment later, as the very mail.
  await field(page, "Headline").fill("Your phone at {{company}}");
  await expect(inMail(page, "Your phone at Northwind Hospital")).toBeVisible();
  await expect(page.locator(".own-frames iframe")).toHaveCount(1);

  // What is wrong stands at its field while it is typed, and the preview says that it is behind.
  const subject = field(page, "Subject");
  await subject.fill("For {{nobody}}");
  await expect(page.getByText("{{nobody}} at character 5 is no placeholder. There are: {{name}}, {{company}}, {{expires}}")).toBeVisible();
  await expect(subject).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("The preview shows what was last right.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send a test to yourself" })).toBeDisabled();
  await field(page, "Button").focus();
  await save(page);
  await expect(subject).toBeFocused();
  await expect(said(page)).toHaveText("1 field needs another look.");

  // A placeholder by keyboard: the caret stands between two words, Tab leads to the buttons, Enter puts it there.
  await subject.fill("For  from us");
  await subject.press("Home");
  for (let i = 0; i < 4; i++) await subject.press("ArrowRight");
  await subject.press("Tab");
  await expect(page.getByRole("button", { name: "Insert {{name}}: the person’s name" }).filter({ visible: true }).first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(subject).toHaveValue("For {{name}} from us");
  await expect(subject).toBeFocused();
  await page.keyboard.type("!");
  await expect(subject).toHaveValue("For {{name}}! from us");
  await expect(page.locator("#own-en-subject-left")).toHaveText("99 characters left");
  await field(page, "Text").fill("Dear {{name}},\n\nthe ward needs your phone <b>today</b>.");
  await expect(inMail(page, "the ward needs your phone <b>today</b>.")).toBeVisible();

  // A test to oneself, kept as a file since there is no mail server.
  await expect(mail(page).getByText("For Rosa Klein! from us")).toBeVisible();
  await page.getByRole("button", { name: "Send a test to yourself" }).click();
  await expect(page.getByText("No mail server is set: the test was kept as a file.")).toBeVisible();
  const reading = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Read it" }).click();
  const read = await reading;
  await ready(read);
  await expect(read.getByRole("heading", { name: "For Rosa Klein! from us" })).toBeVisible();
  await expect(read.frameLocator("iframe").locator("td.ink", { hasText: "the ward needs your phone <b>today</b>." })).toBeVisible();
  await read.close();

  // Colour, logo and whom to ask.
  await page.getByLabel("Colour of the button").fill("#ffcc0");
  await expect(page.getByText("A colour looks like #0b5f7d.")).toBeVisible();
  await page.getByLabel("Colour of the button").fill("#ffcc00");
  await expect(page.getByText("Black text on it has a contrast of 13.8; 4.5 is needed. The button hardly stands out on a light page.")).toBeVisible();
  await page.getByLabel("Whom to ask", { exact: true }).fill("The desk");
  await page.getByLabel("Telephone").fill("+49 30 1234");
  writeFileSync(join(world.folder, "logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await page.getByLabel("Logo", { exact: true }).setInputFiles(join(world.folder, "logo.svg"));
  await expect(page.getByText("This is neither a PNG nor a JPEG. Save the picture as a PNG.")).toBeVisible();
  await page.getByLabel("Logo", { exact: true }).setInputFiles(picture(600, 150));
  await expect(page.getByAltText("The logo as it is shown")).toBeVisible();
  await page.getByRole("button", { name: "Phone page", exact: true }).click();
  await expect(mail(page).getByRole("link", { name: "Get it on Google Play" })).toHaveCSS("background-color", "rgb(255, 204, 0)");
  await page.locator(".own-preview").getByRole("button", { name: "Dark" }).click();
  await expect(mail(page).locator("body")).toHaveCSS("background-color", "rgb(19, 21, 22)");
  await page.locator(".own-preview").getByRole("button", { name: "Phone", exact: true }).click();
  await expect.poll(async () => (await page.locator(".own-frames").boundingBox())!.width).toBeLessThan(400);

  await save(page);
  await expect(said(page)).toHaveText("Saved.");
  await open(page);
  await expect(subject).toHaveValue("For {{name}}! from us");

  // The message that goes out, and the page behind its link.
  await page.goto(`${world.base}/users`);
  await ready(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("For Anna Petrova! from us")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "Change the words" })).toHaveAttribute("href", "/message?language=en");
  await dialog.getByRole("button", { name: "Send 1 message" }).click();
  await expect(page.getByText("1 message sent")).toBeVisible({ timeout: 20_000 });
  await page.goto(`${world.base}/mails`);
  await ready(page);
  await page.getByRole("link", { name: "For Anna Petrova! from us" }).click();
  const kept = page.frameLocator("iframe");
  await expect(kept.locator("td.ink", { hasText: "Your phone at Northwind Hospital" })).toBeVisible();
  await expect(kept.locator("td.ink", { hasText: "Dear Anna Petrova," })).toBeVisible();
  await expect(kept.getByRole("link", { name: "Connect this phone" })).toHaveCSS("color", "rgb(0, 0, 0)");
  expect(await kept.locator("img[width='160']").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320);
  const link = await kept.getByRole("link", { name: "Connect this phone" }).getAttribute("href");
  const phone = await (await browser.newContext({ userAgent: PIXEL, viewport: { width: 390, height: 844 } })).newPage();
  await phone.goto(link!);
  expect(await phone.locator("header img").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320);
  await expect(phone.getByRole("link", { name: "Get it on Google Play" })).toHaveCSS("color", "rgb(0, 0, 0)");
  await phone.locator("summary", { hasText: "Ask for help" }).click();
  await expect(phone.getByRole("link", { name: "+49 30 1234" })).toHaveAttribute("href", "tel:+49301234");

  // Back to the usual words, in that language alone.
  await open(page, "?language=en");
  await page.getByRole("button", { name: "Back to the default" }).click();
  const asks = page.getByRole("alertdialog").filter({ visible: true });
  // The end too: the usual one names whom to ask since that is set, and this one was kept before.
  await expect(asks).toContainText("What you wrote is lost: Subject, Headline, Text, End.");
  await asks.getByRole("button", { name: "Back to the default" }).click();
  await expect(subject).toHaveValue("Connect your phone to {{company}}");
  await expect(page.getByText("These are the usual words (English).")).toBeVisible();
  await expect(page.getByLabel("Colour of the button")).toHaveValue("#ffcc00");
  await open(page);
  await expect(subject).toHaveValue("Connect your phone to {{company}}");
  expect(complaints.filter((c) => !c.includes("422"))).toEqual([]);
});

test("leaving with unsaved changes asks, and by the browser's own way back nothing is lost", async ({ page }) => {
  await world.signUp(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Change the words" }).click();
  const subject = field(page, "Subject");
  await expect(subject).toHaveValue("Connect your phone to {{company}}");
  await subject.fill("Mine");
  await page.getByRole("link", { name: "Devices" }).click();
  const asks = page.getByRole("alertdialog").filter({ visible: true });
  await expect(asks).toContainText("Leave without saving?");
  await asks.getByRole("button", { name: "Cancel" }).click();
  await expect(subject).toHaveValue("Mine");
  await page.goBack();
  await expect(page).toHaveURL(/\/settings$/);
  await page.goForward();
  await expect(subject).toHaveValue("Mine");
  await page.getByRole("link", { name: "Devices" }).click();
  await asks.getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/devices$/);
  await page.goBack();
  await expect(subject).toHaveValue("Connect your phone to {{company}}");
});

test("in both languages and themes, wide and on a phone, axe finds nothing and nothing reaches over the edge", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, bypassCSP: true });
  const page = await context.newPage();
  await world.signUp(page);
  const found: Record<string, unknown> = {};
  for (const language of ["en", "ru"]) {
    await context.addCookies([{ name: "muster_language", value: language, url: world.base }]);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await open(page);
      await expect(page.locator("h1")).toHaveText(language === "en" ? "The message" : "Письмо");
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        for (const pane of width < 500 ? ["Words", "Preview"] : [""]) {
          if (pane) await page.locator(".own-side button").nth(pane === "Words" ? 0 : 1).click();
          if (process.env.MUSTER_WORDING) await page.screenshot({ path: join(process.env.MUSTER_WORDING, `${language}-${width}-${theme}-${pane}.png`), fullPage: true });
          await page.evaluate(`(() => { ${AXE} })()`);
          const bad = await page.evaluate(async () => {
            const axe = (window as unknown as { axe: { run: (c: object, o: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> } }).axe;
            const { violations } = await axe.run({ exclude: [["iframe"]] }, { resultTypes: ["violations"] });
            return violations.filter((v) => v.impact !== "minor").map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" "))}`);
          });
          if (bad.length) found[`${language} ${width} ${theme} ${pane}`] = bad;
          expect(await page.evaluate(() => document.documentElement.scrollWidth), `${language} ${width}`).toBeLessThanOrEqual(width);
        }
      }
    }
  }
  expect(found).toEqual({});
});
