//! Prints how often the guess from a user agent is right, and how long one takes (docs/detection.md): for both halves of
//! `tests/user_agents`, or for the file of the same shape that is named, then with every wrong guess.

#[path = "../tests/user_agents/corpus.rs"]
mod corpus;

use corpus::{CLASSES, HELD, TUNED, count, lines};
use std::{env, fs, hint::black_box, io, time::Instant};

/// One line a class: its name, its aim, then right and all of each file, with tabs between them.
fn print_table(files: &[&str]) {
    for (class, aim) in CLASSES {
        print!("{class}\t{}", aim.unwrap_or_default());
        for file in files {
            let (right, all) = count(file, class);
            print!("\t{right}\t{all}");
        }
        println!();
    }
    let crossed = files.iter().flat_map(|file| lines(file)).filter(|line| line.is_crossed()).count();
    println!("crossed\t{crossed}");
}

/// Microseconds for one guess, the mean over both halves in the quickest of a few rounds: the others say what the machine
/// had else to do.
fn print_time() {
    let all: Vec<_> = lines(TUNED).chain(lines(HELD)).collect();
    let round = |_| {
        let begin = Instant::now();
        for line in &all {
            black_box(black_box(line).visitor());
        }
        begin.elapsed()
    };
    let quickest = (0..50).map(round).min().unwrap_or_default();
    println!("microseconds\t{:.3}", quickest.as_secs_f64() * 1e6 / all.len() as f64);
}

fn main() -> io::Result<()> {
    let Some(file) = env::args().nth(1) else {
        print_table(&[TUNED, HELD]);
        print_time();
        return Ok(());
    };
    let file = fs::read_to_string(file)?;
    for line in lines(&file).filter(|line| !line.is_right()) {
        println!("wrong\t{}\t{:?}\t{}", line.class, line.visitor(), line.text);
    }
    print_table(&[&file]);
    Ok(())
}
