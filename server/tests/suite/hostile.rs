//! A hundred hostile inputs, each where it would come in: a clear refusal, nothing that was there is lost, and never a
//! failure of Muster's own (ABUSE A15, A25, A27, A29, A31, A37, A41, A43).

mod bodies;
mod elsewhere;
mod files;
mod kept;
mod pasted;
mod people;
mod pictures;
mod room;
mod tokens;
mod words;

use room::Ids;

#[test]
fn there_are_a_hundred_of_them_and_no_two_have_one_name() {
    let ids = Ids::default();
    let groups = [
        people::cases(&ids),
        words::cases(&ids),
        files::cases(&ids),
        pasted::cases(&ids),
        pictures::cases(&ids),
        tokens::cases(&ids),
        bodies::cases(&ids),
        elsewhere::cases(&ids),
    ];
    let names: Vec<_> = groups.iter().flatten().map(|case| case.name).chain(kept::names()).collect();
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), names.len());
    assert!(names.len() >= 100, "{}", names.len());
}
