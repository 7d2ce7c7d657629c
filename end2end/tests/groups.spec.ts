// Groups as a view of their own: made, renamed, deleted, filled from the list of people, and sent to.
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
  world.people([
    "Anna Petrova,anna@northwind.example,Ward 1",
    "Boris Ahmed,boris@northwind.example,Ward 1;Night",
    "Farah Haddad,,Night",
    "Georg Lindqvist,georg@northwind.example,",
  ].join("\n") + "\n");
});

test.afterEach(() => world.stop());

const row = (page: Page, name: string) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
const groups = (page: Page) => page.locator("table.groups td .name");
const views = (page: Page) => page.getByRole("navigation", { name: "People or groups" });

test("a group tells how many are in it and connected, live, and leads to just them", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await views(page).getByRole("link", { name: "Groups" }).click();
  await expect(page).toHaveURL(/\/groups$/);
  await expect(page.getByRole("navigation", { name: "Muster" }).getByRole("link", { name: "Users" })).toHaveAttribute("aria-current", "true");
  await expect(groups(page)).toHaveText(["Night", "Ward 1"]);
  await expect(row(page, "Ward 1")).toContainText("0 of 2");
  await expect(row(page, "Ward 1")).toContainText("2 without a device");
  world.agent("anna", "enroll", world.muster("invite", "anna@northwind.example", "--print-link").trim());
  await expect(row(page, "Ward 1")).toContainText("1 of 2", { timeout: 2000 });
  await expect(row(page, "Night")).toContainText("0 of 2");
  await page.getByRole("button", { name: "Connected" }).click();
  await page.getByRole("button", { name: "Connected" }).click();
  await expect(groups(page)).toHaveText(["Ward 1", "Night"]);
  await expect(page).toHaveURL(/sort=connected&desc=1/);
  await row(page, "Ward 1").getByRole("link", { name: "1 without a device" }).click();
  await expect(page).toHaveURL(/\/users\?group=Ward%201&devices=0/);
  await expect(page.locator("td .name")).toHaveText(["Boris Ahmed"]);
  await page.goBack();
  await row(page, "Ward 1").getByRole("link", { name: "Ward 1" }).click();
  await expect(page.locator("td .name")).toHaveText(["Anna Petrova", "Boris Ahmed"]);
  await expect(views(page).getByRole("link", { name: "People" })).toHaveAttribute("aria-current", "page");
  expect(found).toEqual([]);
});

test("groups are made, renamed and deleted, by the keyboard, and people stay", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await page.goto(`${world.base}/groups`);
  await ready(page);
  await page.locator("#add-group").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("ward 1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("There is a group of this name already.");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Surgery & <b>ICU</b>");
  await page.keyboard.press("Enter");
  await expect(groups(page)).toHaveText(["Night", "Surgery & <b>ICU</b>", "Ward 1"]);
  await expect(page.locator("#add-group")).toBeFocused();
  await page.getByRole("button", { name: "Rename Ward 1" }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Ward One");
  await page.keyboard.press("Enter");
  await expect(groups(page)).toHaveText(["Night", "Surgery & <b>ICU</b>", "Ward One"]);
  await expect(row(page, "Ward One")).toContainText("0 of 2");
  await page.getByRole("button", { name: "Delete Ward One" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("its 2 people stay in Muster");
  await page.keyboard.press("Escape");
  await expect(groups(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Delete Ward One" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(groups(page)).toHaveText(["Night", "Surgery & <b>ICU</b>"]);
  await page.getByRole("searchbox").fill("ICU");
  await expect(groups(page)).toHaveText(["Surgery & <b>ICU</b>"]);
  await page.getByRole("searchbox").fill("nothing like it");
  await expect(page.getByText("No group’s name contains “nothing like it”.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(groups(page)).toHaveCount(2);
  await views(page).getByRole("link", { name: "People" }).click();
  await expect(page.locator("td .name")).toHaveCount(4);
  expect(world.json("groups", "list").map((g: { name: string }) => g.name)).toEqual(["Night", "Surgery & <b>ICU</b>"]);
  // The name that was taken, as the browser says it.
  expect(found.filter((line) => !line.includes("409 (Conflict)"))).toEqual([]);
});

test("people who are ticked join a group, a new one too, and leave it", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.getByRole("checkbox", { name: "Select Farah Haddad" }).uncheck();
  await page.getByRole("button", { name: "Add to a group" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Add 3 people to a group");
  await dialog.getByLabel("Group").fill("night");
  await expect(dialog).not.toContainText("it will be made");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("2 people are now in Night.")).toBeVisible();
  await expect(row(page, "Georg Lindqvist")).toContainText("Night");
  // What was ticked stays ticked: one may go on with them.
  await expect(page.getByText("3 people selected")).toBeVisible();
  await page.getByRole("button", { name: "Add to a group" }).click();
  await dialog.getByLabel("Group").fill("Pilot");
  await expect(dialog).toContainText("There is no group “Pilot” yet: it will be made.");
  await page.keyboard.press("Enter");
  await expect(page.getByText("3 people are now in Pilot.")).toBeVisible();
  await page.goto(`${world.base}/users?group=Night`);
  await ready(page);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.getByRole("button", { name: "Take out of a group" }).click();
  await expect(dialog.getByLabel("Group")).toHaveValue("Night");
  await dialog.getByRole("button", { name: "Take out" }).click();
  await expect(page.getByText("4 people are no longer in Night.")).toBeVisible();
  await expect(page.getByText("Nobody fits the filter.")).toBeVisible();
  await views(page).getByRole("link", { name: "Groups" }).click();
  await expect(row(page, "Pilot")).toContainText("0 of 3");
  await expect(groups(page)).toHaveText(["Night", "Pilot", "Ward 1"]);
  expect(found).toEqual([]);
});

test("instructions to several groups reach each member once", async ({ page }) => {
  const found = problems(page);
  await world.mailServer();
  await world.signUp(page);
  await page.goto(`${world.base}/groups`);
  await ready(page);
  await page.locator("#send").click();
  await expect(page.getByRole("dialog")).toContainText("Tick the groups whose people should get a message first.");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await expect(page.getByText("2 groups selected")).toBeVisible();
  await page.locator("#send").click();
  // Boris is in both; Farah has no address.
  await expect(page.getByRole("dialog")).toContainText("Send instructions to 2 people");
  await expect(page.getByRole("dialog")).toContainText("Farah Haddad");
  await page.getByRole("button", { name: "Send 2 messages" }).click();
  await expect(page.getByText("2 groups selected")).toBeHidden();
  await world.mail(2);
  await page.waitForTimeout(1500);
  const to = world.mails.map((mail) => (Array.isArray(mail.to) ? mail.to[0] : mail.to)!.text).sort();
  expect(to).toHaveLength(2);
  expect(to.join()).toMatch(/anna@.*boris@/);
  expect(found).toEqual([]);
});

test("on a phone a group's row says all of it", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await world.signUp(page);
  await page.goto(`${world.base}/groups`);
  await ready(page);
  await expect(row(page, "Ward 1")).toContainText("2 without a device");
  await expect(page.getByRole("button", { name: "Rename Ward 1" })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
