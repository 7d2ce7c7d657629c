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
// A function with one caller stays a function. Put into the caller it takes fewer bytes, but its locals get other numbers,
// so that it is no longer like other functions, and after Brotli it takes more: 5 % of all.
binaryen.setOneCallerInlineMaxSize(0);
// Nothing is at the first thousand addresses: the stack ends there, and would be full.
binaryen.setLowMemoryUnused(true);
const files = process.argv.slice(2);
for (let i = 0; i < files.length; i += 2) {
  const module = binaryen.readBinary(readFileSync(files[i]));
  module.setFeatures(features);
  module.optimize();
  if (!module.validate()) throw new Error(`${files[i]}: not valid any more once it was optimised`);
  writeFileSync(files[i + 1], module.emitBinary());
  module.dispose();
}
