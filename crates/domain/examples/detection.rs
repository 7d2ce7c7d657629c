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

/// Microseconds for one guess, over the user agents of both halves.
fn print_time() {
    const ROUNDS: usize = 20;
    let all: Vec<_> = lines(TUNED).chain(lines(HELD)).collect();
    let begin = Instant::now();
    for line in (0..ROUNDS).flat_map(|_| &all) {
        black_box(black_box(line).visitor());
    }
    println!("microseconds\t{:.3}", begin.elapsed().as_secs_f64() * 1e6 / (ROUNDS * all.len()) as f64);
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
