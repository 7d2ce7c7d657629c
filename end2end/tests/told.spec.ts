// What the console tells in its corner: one thing under the other, with the way to what is new, and no longer than it is true.
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
});

test.afterEach(() => world.stop());

const ANNA = "Anna Petrova,anna@northwind.example,Ward 3\n";
const told = (page: Page) => page.locator(".announce.shown");

async function add(page: Page, name: string) {
  await page.getByRole("button", { name: "Add person" }).click();
  await page.getByRole("dialog", { name: "Add person" }).getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
}

for (const width of [1280, 390]) {
  test(`what is told while a send can be undone stands under it, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const found = problems(page);
    world.people(ANNA);
    await world.signUp(page);
    await page.getByRole("checkbox", { name: "Select Anna Petrova" }).check();
    await page.locator("#send").click();
    await page.getByRole("button", { name: "Send 1 message" }).click();
    const undo = page.locator(".followed").getByRole("button", { name: "Undo" });
    await expect(undo).toBeVisible();
    await add(page, "Boris Ahmed");
    await expect(told(page)).toContainText("Boris Ahmed was added.");
    const [above, below] = [await page.locator(".followed").boundingBox(), await told(page).boundingBox()];
    expect(above!.y + above!.height).toBeLessThanOrEqual(below!.y);
    // Above the navigation of a phone, and within the page.
    const side = width < 700 ? (await page.locator(".side").boundingBox())!.y : 800;
    expect(below!.y + below!.height).toBeLessThanOrEqual(side);
    // Nothing lies on either: they can be pressed.
    await told(page).getByRole("button", { name: "Close" }).click({ timeout: 2000 });
    await expect(told(page)).toHaveCount(0);
    await undo.click({ timeout: 2000 });
    await expect(page.getByText("Undone. Nothing was sent.")).toBeVisible();
    expect(found).toEqual([]);
  });
}

test("who was added is told, with the way to them; what was changed too", async ({ page }) => {
  world.people([...Array(60).keys()].map((n) => `Person ${String(n).padStart(2, "0")},p${n}@northwind.example,\n`).join(""));
  await world.signUp(page);
  await add(page, "Zed Young");
  // On the second page of the list: one could look for it for long.
  await expect(page.getByRole("row", { name: /Zed Young/ })).toHaveCount(0);
  await expect(told(page).getByRole("status")).toHaveText("Zed Young was added.");
  await told(page).getByRole("link", { name: "Show" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Zed Young" })).toBeFocused();
  await expect(told(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog", { name: "Edit person" }).getByLabel("Name").fill("Zed Younger");
  await page.keyboard.press("Enter");
  await expect(told(page).getByRole("status")).toHaveText("Zed Younger: changes saved.");
});

test("that Muster cannot be reached is told until it can", async ({ page }) => {
  world.people(ANNA);
  world.muster("invite", "anna@northwind.example", "--print-link");
  await world.signUp(page);
  await page.goto(`${world.base}/invitations`);
  await ready(page);
  const copy = page.getByRole("button", { name: "Copy link" });
  await page.route("**/api/fn/**", (route) => route.abort());
  await copy.click();
  await expect(told(page).getByRole("alert")).toHaveText(/^Muster cannot be reached/);
  // The words begin where those of a success do.
  const left = async () => (await told(page).getByRole("alert").boundingBox())!.x - (await told(page).boundingBox())!.x;
  expect(await left()).toBeLessThan(20);
  await page.waitForTimeout(1000);
  await expect(told(page)).toHaveCount(1);
  await page.unroute("**/api/fn/**");
  world.people("Boris Ahmed,boris@northwind.example,\n");
  await expect(told(page)).toHaveCount(0);
  // The whole server away, and back.
  await world.crash();
  await copy.click();
  await expect(told(page).getByRole("alert")).toHaveText(/^Muster cannot be reached/);
  await world.back();
  await expect(told(page)).toHaveCount(0, { timeout: 20_000 });
});

test("a page that did not arrive is loaded by itself once Muster is there again", async ({ page }) => {
  await page.route(/pkg\/devices\..*\.pack/, (route) => route.abort());
  await world.signUp(page);
  await world.crash();
  await page.locator(".side").getByRole("link", { name: /^Devices/ }).click();
  await expect(page.getByRole("heading", { name: "This page did not arrive" })).toBeVisible();
  await page.unroute(/pkg\/devices\..*\.pack/);
  await world.back();
  await expect(page.getByText("No device has connected yet")).toBeVisible({ timeout: 30_000 });
});
