// Makes WebAssembly smaller, as `wasm-opt -Oz` does: `node optimise.mjs INPUT OUTPUT INPUT OUTPUT …`.
// One process for many files: what wasm-opt needs to start is ten times what a small file takes.
import binaryen from "binaryen";
import { readFileSync, writeFileSync } from "node:fs";

const { BulkMemory, BulkMemoryOpt, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } =
  binaryen.Features;
// What rustc's WebAssembly uses by default; wasm-bindgen drops the section that says so.
const features =
  BulkMemory | BulkMemoryOpt | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt;

binaryen.setOptimizeLevel(2);
binaryen.setShrinkLevel(2);
const files = process.argv.slice(2);
for (let i = 0; i < files.length; i += 2) {
  const module = binaryen.readBinary(readFileSync(files[i]));
  module.setFeatures(features);
  module.optimize();
  if (!module.validate()) throw new Error(`${files[i]}: not valid any more once it was optimised`);
  writeFileSync(files[i + 1], module.emitBinary());
  module.dispose();
}
