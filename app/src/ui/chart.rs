//! A line over days: a picture with its words, and a table of the same numbers behind it. The last day is today, which is
//! not over: its stretch of the line is dashed, lest it look like a fall.

use crate::text::{self, t};
use crate::ui::flow::Erased;
use leptos::prelude::*;

/// A day of the line.
#[derive(Clone, PartialEq)]
pub(crate) struct Point {
    /// What the day is called.
    pub(crate) day: String,
    /// Its number.
    pub(crate) n: u64,
    /// Where the rows are that the number counts.
    pub(crate) href: String,
}

/// Between two days, and from the lowest to the highest number, in units of the picture.
const STEP: usize = 10;
const HIGH: u64 = 100;

/// The number at the top of the picture: round, even, and no smaller than any of them.
fn top(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for round in [2, 4, 6, 10].map(|n| power.saturating_mul(n)) {
            if round >= most {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// How far a number lies below the top.
fn below(n: u64, top: u64) -> f64 {
    HIGH as f64 * (1.0 - n as f64 / top.max(1) as f64)
}

/// The points of the line, as `points` of a polyline has them.
fn line(points: &[Point], top: u64) -> String {
    let at = |(place, point): (usize, &Point)| format!("{},{:.1}", place * STEP, below(point.n, top));
    points.iter().enumerate().map(at).collect::<Vec<_>>().join(" ")
}

/// The line up to yesterday, and from there to today; one day alone is a line of its own.
fn today(line: &str) -> (&str, &str) {
    let Some((over, _)) = line.rsplit_once(' ') else { return (line, "") };
    let yesterday = over.rfind(' ').map_or(0, |blank| blank + 1);
    (over, &line[yesterday..])
}

/// The picture, and the table that is opened behind it. `words` are the picture's for who does not see it.
pub(crate) fn chart(words: String, column: &'static str, points: Vec<Point>) -> AnyView {
    let language = text::language();
    let top = top(points.iter().map(|p| p.n).max().unwrap_or(0));
    let wide = points.len().saturating_sub(1) * STEP;
    let line = line(&points, top);
    let area = format!("0,{HIGH} {line} {wide},{HIGH}");
    let (over, so_far) = today(&line);
    let (over, so_far) = (over.to_owned(), so_far.to_owned());
    let of_days = points.iter().enumerate().map(|(place, point)| {
        let (x, width) = ((place * STEP).saturating_sub(STEP / 2), if place == 0 || place * STEP == wide { STEP / 2 } else { STEP });
        let words = format!("{}: {}", point.day, text::number(language, point.n));
        view! { <rect class="day" x=x.to_string() y="0" width=width.to_string() height=HIGH.to_string()><title>{words}</title></rect> }
    });
    let days = of_days.collect_view();
    let ends = [0, points.len() / 2, points.len().saturating_sub(1)];
    let ends = ends.map(|place| points.get(place).map(|p| p.day.clone()).unwrap_or_default());
    let rows = points.iter().rev().map(|point| {
        let number = text::number(language, point.n);
        let number = match point.n {
            0 => view! { <span class="muted">{number}</span> }.erased(),
            _ => view! { <a class="link" href=point.href.clone()>{number}</a> }.erased(),
        };
        view! { <tr><th scope="row">{point.day.clone()}</th><td class="num">{number}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="chart">
            <div class="chart-scale num" aria-hidden="true">
                {[top, top / 2, 0].map(|n| view! { <span>{text::number(language, n)}</span> })}
            </div>
            <svg role="img" aria-label=words viewBox=format!("0 0 {wide} {HIGH}") preserveAspectRatio="none">
                <path class="grid-line" d=format!("M0 0H{wide}M0 {}H{wide}M0 {HIGH}H{wide}", HIGH / 2)></path>
                <polygon class="area" points=area></polygon>
                <polyline class="line" points=over></polyline>
                <polyline class="line so-far" points=so_far></polyline>
                {days}
            </svg>
            <div class="chart-days" aria-hidden="true">{ends.map(|day| view! { <span>{day}</span> })}</div>
        </div>
        <details class="chart-table">
            <summary>{t::dash_table(language)}</summary>
            <table>
                <thead><tr><th scope="col">{t::dash_day(language)}</th><th scope="col">{column}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_round_even_and_high_enough() {
        for (most, round) in [(0, 2), (1, 2), (3, 4), (5, 6), (7, 10), (11, 20), (41, 60), (1058, 2000)] {
            assert_eq!(top(most), round, "{most}");
        }
        assert!(top(u64::MAX) == u64::MAX);
    }

    #[test]
    fn the_line_goes_through_each_day_from_left_to_right() {
        let points = [0, 2, 1].map(|n| Point { day: String::new(), n, href: String::new() });
        let line = line(&points, 2);
        assert_eq!(line, "0,100.0 10,0.0 20,50.0");
        assert_eq!(today(&line), ("0,100.0 10,0.0", "10,0.0 20,50.0"));
        assert_eq!(today("0,1 10,2"), ("0,1", "0,1 10,2"));
        assert_eq!(today("0,1"), ("0,1", ""));
    }
}
