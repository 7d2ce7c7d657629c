// How the pictures of the guide and of the README are taken: `cargo xtask pictures`.
import { defineConfig } from "@playwright/test";
import stories from "./playwright.config";

export default defineConfig({ ...stories, testDir: "guide", testMatch: "*.ts", workers: 1, timeout: 300_000 });
