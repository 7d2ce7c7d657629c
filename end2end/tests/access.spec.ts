// Every page of the console with the demo company in it: axe finds nothing serious or moderate in either theme, nothing is
// wider than a phone, and no script complains. With MUSTER_PICTURES=FOLDER the pictures of the README are taken on the way.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { World, ready } from "./world";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = process.env.MUSTER_PICTURES;

let world: World;
test.beforeAll(async () => {
  world = await new World().start("--demo");
  // Pictures are of a server that phones reach.
  world.muster("settings", "set", "public_url", "https://muster.northwind.example");
});
test.afterAll(() => world.stop());

async function findings(page: Page): Promise<string[]> {
  // The page's policy lets no foreign script in; the test's own goes past it.
  await page.evaluate(`(() => { ${AXE} })()`);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; any: { message: string }[] }[] }[] }> } }).axe;
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations
      .filter((v) => v.impact !== "minor")
      .map((v) => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} (${n.any[0]?.message ?? ""})`).join(", ")}`);
  });
}

/** What is wider than the window, or than the card around it. */
function beyondItsRoom(): string[] {
  const rooms = [document.documentElement, ...document.querySelectorAll<HTMLElement>(".card")];
  return rooms.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className || e.tagName}: ${e.scrollWidth} px in ${e.clientWidth}`);
}

test("no page of the console has a finding of axe, in either theme, and none is wider than a phone", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, bypassCSP: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${world.base}/login`);
  const found: Record<string, string[]> = {};
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    found[`/login ${theme}`] = await findings(page);
  }
  await world.signUp(page);
  const id = (words: string[]) => world.json(...words)[0].id as string;
  const paths = [
    "/dashboard",
    "/users",
    "/groups",
    "/import",
    "/import?from=paste",
    `/users/${id(["users", "list"])}`,
    "/devices",
    `/devices/${id(["devices", "list"])}`,
    "/invitations",
    `/invitations/${id(["invitations", "list"])}`,
    "/accounts",
    "/account",
    "/audit",
    "/settings",
    "/message",
    "/mails",
    "/api/docs",
  ];
  for (const path of paths) {
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.goto(`${world.base}${path}`);
    await ready(page);
    if (path !== "/api/docs") await expect(page.locator(".side .space summary")).toHaveText("Northwind Clinics");
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      found[`${path} ${theme}`] = await findings(page);
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${path.split("/").slice(1).map((p) => p.slice(0, 12)).join("-")}-${theme}.png`) });
    }
    for (const width of [1024, 768, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const beyond = await page.evaluate(beyondItsRoom);
      if (beyond.length) found[`${path} at ${width} px`] = beyond;
    }
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `${path.split("/").slice(1).map((p) => p.slice(0, 12)).join("-")}-phone.png`) });
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(`${world.base}/users`);
  await ready(page);
  await page.locator("tbody input[type=checkbox]").nth(0).check();
  await page.locator("tbody input[type=checkbox]").nth(2).check();
  await page.getByRole("button", { name: /Send instructions/ }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.waitForTimeout(800);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    found[`send ${theme}`] = await findings(page);
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `send-${theme}.png`) });
  }
  const bad = Object.entries(found).filter(([, list]) => list.length > 0);
  expect(Object.fromEntries(bad)).toEqual({});
  expect(complaints).toEqual([]);
});
