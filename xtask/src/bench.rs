//! `cargo xtask bench`: measured figures beside their aims. Each group is a file of `bench/`.

mod sizes;
pub mod table;

use crate::workspace::Workspace;
use anyhow::bail;
use table::Figure;

type Measure = fn(&Workspace) -> anyhow::Result<Vec<Figure>>;

/// Name and function of each group, in the order of printing.
const GROUPS: &[(&str, Measure)] = &[("sizes", sizes::measure)];

/// Measures every group, or the one named.
pub fn run(workspace: &Workspace, name: Option<&str>) -> anyhow::Result<()> {
    let wanted: Vec<_> = GROUPS.iter().filter(|(group, _)| name.is_none_or(|name| name == *group)).collect();
    if wanted.is_empty() {
        let known: Vec<_> = GROUPS.iter().map(|(group, _)| *group).collect();
        bail!("no such group of figures; there is: {}", known.join(", "));
    }
    for (group, measure) in wanted {
        println!("\n{group}");
        table::print(&measure(workspace)?);
    }
    Ok(())
}
