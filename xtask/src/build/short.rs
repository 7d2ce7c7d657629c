//! Short names for what the WebAssembly takes from the glue. Those of wasm-bindgen say what each function does and end in a
//! hash; nobody reads them, and each page would pay 3 kB for them.

use anyhow::bail;
use walrus::Module;

/// The module that the functions of the glue are imported from.
const GLUE: &str = "./muster_bg.js";

/// The WebAssembly and its glue, with numbers instead of names.
pub fn shorten(wasm: &[u8], glue: &str) -> anyhow::Result<(Vec<u8>, String)> {
    let (mut module, mut glue) = (Module::from_buffer(wasm)?, glue.to_owned());
    for (number, import) in module.imports.iter_mut().filter(|import| import.module == GLUE).enumerate() {
        let (old, new) = (format!("\n        {}: ", import.name), format!("\n        {number}: "));
        if glue.matches(&old).count() != 1 {
            bail!("the glue does not have {} once: wasm-bindgen has changed", import.name);
        }
        glue = glue.replace(&old, &new);
        import.name = number.to_string();
    }
    Ok((module.emit_wasm(), glue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_call_a_function_by_its_number() {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        for (from, name) in [(GLUE, "__wbg_a_12"), ("./parts.js", "load"), (GLUE, "__wbg_b_34")] {
            module.add_import_func(from, name, ty);
        }
        let glue = "const import0 = {\n        __wbg_b_34: function() {},\n        __wbg_a_12: function() {},\n    };";
        let wasm = module.emit_wasm();
        let (short, told) = shorten(&wasm, glue).unwrap();
        assert_eq!(told, "const import0 = {\n        1: function() {},\n        0: function() {},\n    };");
        let names: Vec<_> =
            Module::from_buffer(&short).unwrap().imports.iter().map(|i| i.name.clone()).collect();
        assert_eq!(names, ["0", "load", "1"]);
        assert!(shorten(&wasm, "another script").is_err());
    }
}
