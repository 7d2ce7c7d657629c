// The filter of the Users list: one-click selections, the menu, what is chosen, and sending to just those.
import { expect, test, type Page } from "@playwright/test";
import { World, problems, ready } from "./world";

let world: World;

test.beforeEach(async () => {
  world = await new World().start();
  world.people([
    "Anna Petrova,anna@northwind.example,Ward 1",
    "Boris Ahmed,boris@northwind.example,Ward 2",
    "Farah Haddad,,Ward 1;Night",
    "Georg Lindqvist,georg@northwind.example,Night",
    "Hana Novák,hana@northwind.example,",
  ].join("\n") + "\n");
  const link = (email: string) => world.muster("invite", email, "--print-link").trim();
  world.agent("anna", "enroll", link("anna@northwind.example"));
  link("boris@northwind.example");
});

test.afterEach(() => world.stop());

const names = (page: Page) => page.locator("td .name");

test("one-click selections say how many they are, and all of them can be sent to", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  const presets = page.getByRole("navigation", { name: "Quick selections" });
  await expect(presets.getByRole("link")).toHaveText(["Never invited 3", "Invited, not connected 1", "Without a device 4"]);
  await presets.getByRole("link", { name: "Never invited" }).click();
  await expect(page).toHaveURL(/\?message=never$/);
  await expect(names(page)).toHaveText(["Farah Haddad", "Georg Lindqvist", "Hana Novák"]);
  await expect(presets.getByRole("link", { name: "Never invited" })).toHaveAttribute("aria-current", "true");
  await page.reload();
  await ready(page);
  await expect(names(page)).toHaveCount(3);
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await page.locator("#send").click();
  await expect(page.getByRole("dialog")).toContainText("Farah Haddad");
  await page.getByRole("button", { name: "Send 2 messages" }).click();
  // Who was sent a message is never invited no more, here and in the counts.
  await expect(names(page)).toHaveText(["Farah Haddad"]);
  await expect(presets.getByRole("link")).toHaveText(["Never invited 1", "Invited, not connected 3", "Without a device 4"]);
  await presets.getByRole("link", { name: "Invited, not connected" }).click();
  await expect(names(page)).toHaveText(["Boris Ahmed", "Georg Lindqvist", "Hana Novák"]);
  // Pressed again it shows everybody again.
  await presets.getByRole("link", { name: "Invited, not connected" }).click();
  await expect(names(page)).toHaveCount(5);
  expect(found).toEqual([]);
});

test("the menu filters by groups, address, devices, status and the last message, by the keyboard too; what is chosen can be left out", async ({ page }) => {
  const found = problems(page);
  await world.signUp(page);
  const menu = page.locator("details.filters");
  const opens = page.locator("#filter");
  await opens.focus();
  await page.keyboard.press("Enter");
  await menu.getByLabel("Groups").selectOption("Night");
  await expect(names(page)).toHaveText(["Farah Haddad", "Georg Lindqvist"]);
  await menu.getByLabel("Groups").selectOption("Ward 1");
  await expect(names(page)).toHaveText(["Anna Petrova", "Farah Haddad", "Georg Lindqvist"]);
  await expect(page).toHaveURL(/group=Night&group=Ward/);
  await menu.getByLabel("E-mail").selectOption("With an e-mail address");
  await expect(names(page)).toHaveText(["Anna Petrova", "Georg Lindqvist"]);
  await menu.getByLabel("Devices").selectOption("One device");
  await menu.getByLabel("Status").selectOption("OK");
  await menu.getByLabel("Last message").selectOption("Connected");
  await expect(names(page)).toHaveText(["Anna Petrova"]);
  await expect(opens).toContainText("6");
  await page.keyboard.press("Escape");
  await expect(menu.getByLabel("Status")).toBeHidden();
  await expect(opens).toBeFocused();
  const chips = page.locator(".chips");
  await expect(chips.locator(".chip")).toHaveCount(6);
  for (const words of ["One device", "OK", "Connected"]) await chips.getByRole("button", { name: `Do not filter by ${words}`, exact: true }).click();
  await expect(names(page)).toHaveText(["Anna Petrova", "Georg Lindqvist"]);
  await chips.getByRole("button", { name: "Do not filter by Ward 1" }).click();
  await expect(names(page)).toHaveText(["Georg Lindqvist"]);
  // "All that match" is who fits the filter, and nobody else.
  await page.getByRole("checkbox", { name: "Select this page" }).check();
  await expect(page.getByText("1 person selected")).toBeVisible();
  await chips.getByRole("button", { name: "Clear the filter" }).click();
  await expect(names(page)).toHaveCount(5);
  await expect(page).toHaveURL(/\/users$/);
  await page.goBack();
  await expect(names(page)).toHaveText(["Georg Lindqvist"]);
  await page.goto(`${world.base}/users?status=critical`);
  await expect(page.getByText("Nobody fits the filter.")).toBeVisible();
  // What is no filter does not mean everybody.
  await page.goto(`${world.base}/users?status=1%27%20OR%201&devices=-1&message=x`);
  await expect(page.getByText("This address filters by something that Muster does not know.")).toBeVisible();
  await expect(names(page)).toHaveCount(0);
  expect(found).toEqual([]);
});
