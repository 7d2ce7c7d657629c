//! How often a visitor of a link gets the right page by the user agent, and how long the guess takes
//! (`crates/domain/examples/detection.rs`). Needs no server.

use super::table::{Figure, Unit};
use crate::{build::Mode, shell::succeed, workspace::Workspace};
use anyhow::{Context, ensure};
use std::process::Command;

/// Each class of the half that nobody looked at, with its aim; the half that the rule was tuned on stands beside it.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let example = ["build", "--quiet", "--release", "-p", "muster-domain", "--example", "detection"];
    succeed(&mut workspace.cargo(&example))?;
    let program = workspace.target.join(Mode::Release.folder()).join("examples/detection");
    let out =
        Command::new(&program).output().with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout)?
        .lines()
        .map(|line| figure(line).with_context(|| format!("not a line of the example: {line:?}")))
        .collect()
}

/// A line: a class, its aim, right and all of the tuned half, right and all of the other; or a name and one number.
fn figure(line: &str) -> Option<Figure> {
    let (name, rest) = line.split_once('\t')?;
    let numbers: Vec<f64> = rest.split('\t').map(str::parse).collect::<Result<_, _>>().ok()?;
    match (name, numbers.as_slice()) {
        ("crossed", [count]) => {
            let figure = Figure::new("pages of the other maker", *count, Unit::Points);
            Some(figure.below(1.0).note("of both halves"))
        }
        ("microseconds", [time]) => Some(Figure::new("one guess", *time, Unit::Micros).below(10.0)),
        (class, [aim, tuned, tuned_all, held, held_all]) => {
            let share = |right: f64, all: f64| 100.0 * right / all;
            let note = format!(
                "{held} of {held_all}; of the half it was tuned on {tuned} of {tuned_all}, {:.2} %",
                share(*tuned, *tuned_all)
            );
            let figure = Figure::new(class, share(*held, *held_all), Unit::Percent).note(note);
            Some(if *aim > 0.0 { figure.at_least(100.0 * aim) } else { figure })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn a_line_of_the_example_becomes_a_figure_or_is_refused() {
        let class = figure("ipad\t0.98\t71\t71\t72\t73").map(|f| f.json());
        let class = class.unwrap_or_default();
        assert_eq!((class["name"].as_str(), class["met"].as_bool()), (Some("ipad"), Some(true)));
        assert_eq!(class["note"], "72 of 73; of the half it was tuned on 71 of 71, 100.00 %");
        let below = figure("ipad\t0.98\t71\t71\t71\t73").map(|f| f.json()).unwrap_or_default();
        assert_eq!(below["met"].as_bool(), Some(false));
        let aimless = figure("android-as-desktop\t0\t2\t8\t3\t8").map(|f| f.json()).unwrap_or_default();
        assert!(aimless["aim"].is_null());
        let crossed = figure("crossed\t1").map(|f| f.json()).unwrap_or_default();
        assert_eq!(crossed["met"].as_bool(), Some(false));
        for line in ["", "ipad", "ipad\t1", "ipad\tx\t1\t1\t1\t1"] {
            assert!(figure(line).is_none(), "{line}");
        }
    }
}
