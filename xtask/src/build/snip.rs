//! Cuts out of the WebAssembly what the console never runs; wasm-opt then takes away what only that used.
//!
//! Each view has a second way to come alive, `hydrate_async`, for pages whose code arrives in parts. The console comes
//! alive at once, but a view's methods stand in tables, so that no tool sees that this one is never called. What a
//! cut function was would end the page with a trap, which the stories in Chromium would show.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module, ModuleConfig};

/// How the name of the future ends that such a method makes. Its inner parts may be one with code that is in use.
const NEVER_RUN: &str = "::hydrate_async::{{closure}}";

/// The module without names, and without the bodies of what is never run; and how many these were.
pub fn snip(wasm: &[u8]) -> anyhow::Result<(Vec<u8>, usize)> {
    let mut module = ModuleConfig::new().generate_name_section(false).parse(wasm)?;
    let found: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(never_runs))
        .collect();
    let cut = found.len();
    for id in found {
        if let Some(trap) = trap(&mut module, id) {
            module.funcs.get_mut(id).kind = FunctionKind::Local(trap);
        }
    }
    Ok((module.emit_wasm(), cut))
}

/// Whether a function of this name is never run; the compiler puts a hash behind it. Names are as the compiler writes
/// them, or as wasm-bindgen makes them readable.
fn never_runs(name: &str) -> bool {
    let name = rustc_demangle::demangle(name).to_string();
    let hash = |rest: &str| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_hexdigit());
    let bare = name.rsplit_once("::h").filter(|(_, rest)| hash(rest)).map_or(&*name, |(bare, _)| bare);
    bare.ends_with(NEVER_RUN)
}

/// A function of the same type that ends the program.
fn trap(module: &mut Module, id: FunctionId) -> Option<LocalFunction> {
    let FunctionKind::Local(function) = &module.funcs.get(id).kind else { return None };
    let (args, ty) = (function.args.clone(), module.types.get(function.ty()).clone());
    let mut builder = FunctionBuilder::new(&mut module.types, ty.params(), ty.results());
    builder.func_body().unreachable();
    Some(builder.local_func(args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_future_itself_is_cut() {
        assert!(never_runs(
            "<tachys::view::Text as tachys::view::RenderHtml>::hydrate_async::{{closure}}::h0123456789abcdef"
        ));
        assert!(never_runs("tachys::view::RenderHtml::hydrate_async::{{closure}}"));
        assert!(!never_runs(
            "tachys::view::RenderHtml::hydrate_async::{{closure}}::{{closure}}::h0123456789abcdef"
        ));
        assert!(!never_runs("tachys::view::RenderHtml::hydrate::h0123456789abcdef"));
    }

    #[test]
    fn a_cut_function_keeps_its_type() {
        let mut module = Module::default();
        let mut builder =
            FunctionBuilder::new(&mut module.types, &[walrus::ValType::I32], &[walrus::ValType::I32]);
        let arg = module.locals.add(walrus::ValType::I32);
        builder.name(format!("view{NEVER_RUN}")).func_body().local_get(arg);
        let id = builder.finish(vec![arg], &mut module.funcs);
        module.exports.add("cut", id);
        let cut = Module::from_buffer(&snip(&module.emit_wasm()).unwrap().0).unwrap();
        let (_, function) = cut.funcs.iter_local().next().unwrap();
        let ty = cut.types.get(function.ty());
        assert_eq!((ty.params().len(), ty.results().len()), (1, 1));
        assert!(matches!(
            function.block(function.entry_block()).instrs.as_slice(),
            [(walrus::ir::Instr::Unreachable(_), _)]
        ));
    }
}
